import type { Command } from 'commander';
import type { Setting } from '@adjoin/contracts';
import type { Io } from '../io.js';
import { told } from '../outcome.js';
import { table } from '../output/table.js';
import type { Session } from '../session.js';

/** `adjoin settings` */
export function addSettings(program: Command, session: Session): void {
  const settings = program
    .command('settings')
    .description('settings that take effect at once, among them staging mode and the deletion threshold');
  settings
    .command('get [key]')
    .description('one setting, or all')
    .action(
      session.action(async (key: string | undefined, _options: object, _command: Command) => {
        if (key === undefined) {
          const answer = await session.client.call('settings');
          return told(answer, list(session.io, answer.items));
        }
        const setting = await session.client.call('setting', { path: { key } });
        return told(setting, `${setting.value}`);
      }),
    );
  settings
    .command('set <key> <value>')
    .description('change a setting')
    .action(
      session.action(async (key: string, value: string, _options: object, _command: Command) => {
        const setting = await session.client.call('putSetting', { path: { key }, body: { value } });
        return told(setting, `${setting.key} is now ${setting.value}.`);
      }),
    );
}

const list = (io: Io, rows: readonly Setting[]): string =>
  table(
    io,
    rows,
    [
      { head: 'SETTING', cell: (row) => row.key },
      { head: 'VALUE', cell: (row) => row.value, tone: (row) => (row.value === row.default ? 'plain' : 'bold') },
      { head: 'DEFAULT', cell: (row) => row.default },
      { head: 'CHANGED', cell: (row) => (row.changed === null ? null : `${row.changed.at} by ${row.changed.by}`) },
      { head: 'MEANING', cell: (row) => row.describe },
    ],
    'No settings.',
  );
