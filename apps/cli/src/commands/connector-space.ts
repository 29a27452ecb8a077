import { Option, type Command } from 'commander';
import { CS_STATES, type CsDetail, type CsSummary, type PendingChange } from '@adjoin/contracts';
import type { Io } from '../io.js';
import { told } from '../outcome.js';
import { facts, more, section, table } from '../output/table.js';
import { attributeRows } from '../output/values.js';
import type { Session } from '../session.js';
import { nameValues, withPaging, type PageOptions } from './page-options.js';

/** `adjoin cs` */
export function addConnectorSpace(program: Command, session: Session): void {
  const cs = program
    .command('cs')
    .description('connector space: objects as they were read, and what is to be exported');
  withPaging(
    cs
      .command('search <connector>')
      .description('search a connector space')
      .option('--dn <dn>', 'distinguished name')
      .option(
        '--attribute <name=value>',
        'attribute value, repeatable (AND); `name=*` present, `name=` absent',
        nameValues,
      )
      .addOption(new Option('--state <state>', 'state of the object').choices(CS_STATES)),
  ).action(
    session.action(
      async (
        connector: string,
        options: PageOptions & { dn?: string; attribute?: readonly string[]; state?: string },
        _command: Command,
      ) => {
        const page = await session.client.call('csSearch', { path: { connector }, query: { ...options } });
        return told(page, summaries(session.io, page.items) + more(session.io, page.next));
      },
    ),
  );
  cs.command('show <connector> <object>')
    .description('one object, named by anchor, DN, userPrincipalName, source anchor or id')
    .action(
      session.action(async (connector: string, object: string, _options: object, _command: Command) => {
        const shown = await session.client.call('csShow', { path: { connector, object } });
        return told(shown, render(session.io, shown));
      }),
    );
}

const summaries = (io: Io, rows: readonly CsSummary[]): string =>
  table(
    io,
    rows,
    [
      { head: 'DN', cell: (row) => row.dn },
      { head: 'TYPE', cell: (row) => row.type },
      { head: 'STATE', cell: (row) => row.state },
      { head: 'JOINED', cell: (row) => row.metaverse },
      { head: 'EXPORT', cell: (row) => row.pendingExport },
      { head: 'ERROR', cell: (row) => row.error, tone: (row) => (row.error === null ? 'plain' : 'bad') },
      { head: 'ANCHOR', cell: (row) => row.anchor },
    ],
    'No object matches.',
  );

function render(io: Io, object: CsDetail): string {
  const { error, link, dirty } = object;
  const head = facts(io, [
    ['id', object.id],
    ['connector', object.connector],
    ['type', object.type],
    ['dn', object.dn],
    ['anchor', object.anchor],
    ['partition', object.partition],
    ['state', object.importedDelete ? `${object.state}, gone in the directory` : object.state],
    ['joined', link === null ? null : `${link.metaverse} (${link.action} by ${link.rule.name})`],
    ['waiting', dirty === null ? null : `${dirty.reason} since ${dirty.since ?? '?'}`],
    [
      'error',
      error === null ? null : `${error.code} ${error.message} (${error.count} times, first ${error.firstSeen ?? '?'})`,
    ],
    ['unsupported', object.unsupported.join(', ')],
  ]);
  const rules = object.rules.map((rule) => `${rule.name}\n`).join('');
  return [
    head,
    section(io, 'Attributes', attributes(io, object.attributes)),
    rules === '' ? '' : section(io, 'Rules in scope', rules),
    pending(io, 'Pending export', object.pendingExport, object.export?.reason ?? null),
    pending(io, 'Exported, not confirmed', object.unconfirmed, null),
  ].join('');
}

/** Table of attribute names and values. */
export const attributes = (io: Io, values: CsDetail['attributes'] | PendingChange['changes']): string =>
  table(
    io,
    attributeRows(values),
    [
      { head: 'ATTRIBUTE', cell: (row) => row.name },
      { head: 'VALUE', cell: (row) => row.value },
    ],
    'none',
  );

/** A pending or unconfirmed export, with the reason that keeps it back. */
export function pending(io: Io, title: string, change: PendingChange | null, reason: string | null): string {
  if (change === null) return '';
  const held = reason === null ? '' : `${io.paint('warn', reason)}\n`;
  return section(io, `${title}: ${change.operation}`, held + attributes(io, change.changes));
}
