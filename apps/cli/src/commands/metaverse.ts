import type { Command } from 'commander';
import type { MvDetail, MvSummary } from '@adjoin/contracts';
import type { Io } from '../io.js';
import { told } from '../outcome.js';
import { facts, more, section, table } from '../output/table.js';
import { valueText } from '../output/values.js';
import type { Session } from '../session.js';
import { nameValues, withPaging, type PageOptions } from './page-options.js';

/** `adjoin mv` */
export function addMetaverse(program: Command, session: Session): void {
  const mv = program.command('mv').description('metaverse: one object a person, group or device');
  withPaging(
    mv
      .command('search')
      .description('search the metaverse')
      .option('--type <type>', 'object type: person, group, contact, device')
      .option(
        '--where <name=value>',
        'attribute value, repeatable (AND); `name=*` present, `name=` absent',
        nameValues,
      ),
  ).action(
    session.action(async (options: PageOptions & { type?: string; where?: readonly string[] }, _command: Command) => {
      const page = await session.client.call('mvSearch', { query: { ...options } });
      return told(page, summaries(session.io, page.items) + more(session.io, page.next));
    }),
  );
  mv.command('show <object>')
    .description(
      'attributes with contributor connector and rule, and links; named by DN, objectGUID, userPrincipalName, source anchor or id',
    )
    .action(
      session.action(async (object: string, _options: object, _command: Command) => {
        const shown = await session.client.call('mvShow', { path: { object } });
        return told(shown, render(session.io, shown));
      }),
    );
}

const summaries = (io: Io, rows: readonly MvSummary[]): string =>
  table(
    io,
    rows,
    [
      { head: 'NAME', cell: (row) => row.name },
      { head: 'TYPE', cell: (row) => row.type },
      { head: 'CONNECTORS', cell: (row) => row.connectors.join(', ') },
      { head: 'ID', cell: (row) => row.id },
    ],
    'No object matches.',
  );

function render(io: Io, object: MvDetail): string {
  const rows = Object.entries(object.attributes).map(([name, value]) => ({
    name,
    value: valueText(name, value),
    from: object.lineage[name] ?? [],
  }));
  const values = table(
    io,
    rows,
    [
      { head: 'ATTRIBUTE', cell: (row) => row.name },
      { head: 'FROM', cell: (row) => row.from.map((one) => one.connector).join(', ') },
      { head: 'RULE', cell: (row) => row.from.map((one) => one.ruleName).join(', ') },
      { head: 'VALUE', cell: (row) => row.value },
    ],
    'none',
  );
  const links = table(
    io,
    object.links,
    [
      { head: 'CONNECTOR', cell: (row) => row.connector },
      { head: 'STATE', cell: (row) => row.state },
      { head: 'DN', cell: (row) => row.dn },
      { head: 'ID', cell: (row) => row.cs },
    ],
    'No connector-space object is joined.',
  );
  const references = object.references
    .map((one) => `${one.target} ${one.attribute}: ${one.desired} wanted, ${one.exported} sent\n`)
    .join('');
  return [
    facts(io, [
      ['id', object.id],
      ['type', object.type],
      ['name', object.name],
    ]),
    section(io, 'Attributes', values),
    section(io, 'Links', links),
    references === '' ? '' : section(io, 'References', references),
  ].join('');
}
