import type { Command } from 'commander';
import { told } from '../outcome.js';
import { table } from '../output/table.js';
import type { Session } from '../session.js';

/** `adjoin connectors` */
export function addConnectors(program: Command, session: Session): void {
  program
    .command('connectors')
    .description('connectors')
    .command('list')
    .description('connectors with type, directory and run profiles')
    .action(
      session.action(async () => {
        const answer = await session.client.call('connectors');
        const text = table(
          session.io,
          answer.items,
          [
            { head: 'CONNECTOR', cell: (row) => row.name },
            { head: 'TYPE', cell: (row) => row.type },
            { head: 'ENABLED', cell: (row) => (row.enabled ? 'yes' : 'no') },
            { head: 'DIRECTORY', cell: (row) => row.directory },
            { head: 'PARTITIONS', cell: (row) => row.partitions.join('; ') },
            { head: 'PROFILES', cell: (row) => row.profiles.join(', ') },
          ],
          'No connectors are configured.',
        );
        return told(answer, text);
      }),
    );
}
