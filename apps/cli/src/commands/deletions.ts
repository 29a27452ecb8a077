import type { Command } from 'commander';
import type { DeletionHoldDetail } from '@adjoin/contracts';
import type { Io } from '../io.js';
import { told } from '../outcome.js';
import { section, table } from '../output/table.js';
import type { Session } from '../session.js';

/** `adjoin deletions` */
export function addDeletions(program: Command, session: Session): void {
  const deletions = program
    .command('deletions')
    .description('deletions that the threshold holds; a hold is a frozen list of (object, version)');
  deletions
    .command('list')
    .description('deletion holds with their objects')
    .addHelpText('after', '\nEnds with 3 when a hold waits for a decision.')
    .action(
      session.action(async (_options: object, _command: Command) => {
        const answer = await session.client.call('deletions');
        return told(answer, list(session.io, answer.items), {
          held: answer.items.some((hold) => hold.status === 'held'),
        });
      }),
    );
  deletions
    .command('approve <hold-id>')
    .description('let exactly the deletions of this hold go out')
    .action(
      session.action(async (id: string, _options: object, _command: Command) => {
        const hold = await session.client.call('approveDeletions', { path: { id } });
        return told(hold, `Approved: ${hold.count} deletion(s) in ${hold.target}. Later ones need a new approval.`);
      }),
    );
  deletions
    .command('discard <hold-id>')
    .description('drop the hold without deleting anything')
    .action(
      session.action(async (id: string, _options: object, _command: Command) => {
        const hold = await session.client.call('discardDeletions', { path: { id } });
        return told(hold, `Discarded: nothing of the ${hold.count} deletion(s) in ${hold.target} is sent.`);
      }),
    );
}

function list(io: Io, holds: readonly DeletionHoldDetail[]): string {
  const heads = table(
    io,
    holds,
    [
      { head: 'HOLD', cell: (row) => row.id },
      { head: 'TARGET', cell: (row) => row.target },
      { head: 'STATUS', cell: (row) => row.status, tone: (row) => (row.status === 'held' ? 'warn' : 'plain') },
      { head: 'OBJECTS', cell: (row) => row.count, right: true },
      { head: 'SINCE', cell: (row) => row.createdAt },
      { head: 'DECIDED BY', cell: (row) => row.decidedBy },
    ],
    'No deletions are held.',
  );
  const open = holds.filter((hold) => hold.status === 'held');
  return heads + open.map((hold) => section(io, hold.id, items(io, hold))).join('');
}

const items = (io: Io, hold: DeletionHoldDetail): string =>
  table(
    io,
    hold.items,
    [
      { head: 'OBJECT', cell: (row) => row.name },
      { head: 'TYPE', cell: (row) => row.type },
      { head: 'VERSION', cell: (row) => row.version, right: true },
      { head: 'ID', cell: (row) => row.objectId },
    ],
    'No objects.',
  );
