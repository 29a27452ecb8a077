import type { Command } from 'commander';
import type { ExportDetail, PendingExportItem } from '@adjoin/contracts';
import type { Io } from '../io.js';
import { told } from '../outcome.js';
import { facts, more, section, table } from '../output/table.js';
import type { Session } from '../session.js';
import { attributes, pending } from './connector-space.js';
import { withPaging, type PageOptions } from './page-options.js';

/** `adjoin exports` */
export function addExports(program: Command, session: Session): void {
  const exports = program.command('exports').description('what is to be exported, and what keeps it back');
  withPaging(
    exports
      .command('list <target>')
      .description('pending exports of a target')
      .option('--held', 'only what a gate keeps back'),
  )
    .addHelpText('after', '\nEnds with 3 when something in the list is held.')
    .action(
      session.action(async (target: string, options: PageOptions & { held?: boolean }, _command: Command) => {
        const page = await session.client.call('exports', { path: { target }, query: { ...options } });
        return told(page, list(session.io, page.items) + more(session.io, page.next), { held: page.held > 0 });
      }),
    );
  exports
    .command('show <object>')
    .description('operation, changes, state and reasons of one export')
    .action(
      session.action(async (object: string, _options: object, _command: Command) => {
        const shown = await session.client.call('exportShow', { path: { object } });
        return told(shown, render(session.io, shown), { held: shown.state === 'held' });
      }),
    );
}

const list = (io: Io, rows: readonly PendingExportItem[]): string =>
  table(
    io,
    rows,
    [
      { head: 'OBJECT', cell: (row) => row.name },
      { head: 'TYPE', cell: (row) => row.type },
      {
        head: 'OPERATION',
        cell: (row) => row.operation,
        tone: (row) => (row.operation === 'delete' ? 'bad' : 'plain'),
      },
      {
        head: 'STATE',
        cell: (row) => row.state,
        tone: (row) => (row.state === 'held' ? 'warn' : row.state === 'failed' ? 'bad' : 'plain'),
      },
      { head: 'GATE', cell: (row) => row.gate },
      { head: 'ID', cell: (row) => row.id },
      { head: 'REASON', cell: (row) => row.reason },
    ],
    'Nothing is to be exported.',
  );

function render(io: Io, item: ExportDetail): string {
  const { members } = item;
  const head = facts(io, [
    ['object', item.name],
    ['id', item.id],
    ['target', item.target],
    ['type', item.type],
    ['operation', item.operation],
    ['state', item.state],
    ['gate', item.gate],
    ['reason', item.reason],
    ['source anchor', item.sourceAnchor],
    ['cloud id', item.cloudId],
    ['metaverse', item.metaverse],
    ['attempts', item.export?.attempts],
  ]);
  const people = [...members.add.map((id) => `add    ${id}\n`), ...members.remove.map((id) => `remove ${id}\n`)].join(
    '',
  );
  return [
    head,
    section(io, 'Changes', attributes(io, item.changes)),
    people === '' ? '' : section(io, 'Members', people),
    pending(io, 'Exported, not confirmed', item.unconfirmed, null),
  ].join('');
}
