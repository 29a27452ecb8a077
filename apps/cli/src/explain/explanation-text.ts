import type {
  ConsideredRule,
  ExplainedAttribute,
  ExplainedExport,
  Explanation,
  HeldValue,
  MadeLink,
} from '@adjoin/contracts';
import { attributes as changes } from '../commands/connector-space.js';
import type { Io } from '../io.js';
import { facts, section, table } from '../output/table.js';
import { valueText } from '../output/values.js';
import { contestText } from './contest-text.js';
import { failureText } from './failure-text.js';
import { longName, ObjectNames } from './object-names.js';

/** An explanation for people. Asked for one attribute, it shows the whole contest for it; else one line an attribute. */
export function explanationText(io: Io, shown: Explanation, attribute: string | undefined): string {
  const names = new ObjectNames([shown.object, ...shown.objects]);
  return [
    facts(io, [
      ['object', longName(shown.object)],
      ['id', shown.object.id],
      ['metaverse', shown.metaverse === null ? 'joined to none' : longName(shown.metaverse)],
    ]),
    failureText(io, shown.error),
    ...rulesText(io, shown.rules, names),
    joinsText(io, shown, names),
    linksText(io, shown.links, names),
    ...(attribute === undefined
      ? [summaryText(io, shown.attributes, names)]
      : contestsText(io, shown.attributes, names, attribute)),
    ...exportsText(io, shown.exports, names),
  ].join('');
}

/** One table for each object whose scope was tested. */
function rulesText(io: Io, rules: readonly ConsideredRule[], names: ObjectNames): string[] {
  const objects = [...new Set(rules.map(({ object }) => object))];
  if (objects.length === 0) return [section(io, 'Rules considered', 'None: no rule concerns objects of this type.\n')];
  return objects.map((object) => {
    const own = rules.filter((rule) => rule.object === object).sort((a, b) => a.precedence - b.precedence);
    const body = table(
      io,
      own,
      [
        { head: 'PREC', cell: (row) => row.precedence, right: true },
        { head: 'RULE', cell: (row) => row.rule.name },
        { head: 'DIRECTION', cell: (row) => `${row.direction} ${row.connector}` },
        { head: 'LINK', cell: (row) => row.link },
        { head: 'SCOPE', cell: (row) => (row.inScope ? 'in' : 'out'), tone: (row) => (row.inScope ? 'good' : 'dim') },
        { head: 'WHY', cell: (row) => row.reason },
      ],
      'none',
    );
    return section(io, `Rules considered for ${names.long(object)}`, body);
  });
}

function joinsText(io: Io, { joins }: Explanation, names: ObjectNames): string {
  const body = table(
    io,
    joins,
    [
      { head: 'FOR', cell: (row) => names.short(row.object) },
      { head: 'RULE', cell: (row) => row.rule.name },
      { head: 'GROUP', cell: (row) => row.group + 1, right: true },
      { head: 'CONDITIONS', cell: (row) => row.conditions.join(' and ') },
      { head: 'MATCHES', cell: (row) => row.matches.length, right: true },
      { head: 'FOUND', cell: (row) => row.matches.map(({ name }) => name).join('; ') },
    ],
    'No join was tried.',
  );
  return section(io, 'Join groups tried', body);
}

/** What was linked, and by which rule. */
export function linksText(io: Io, links: readonly MadeLink[], names: ObjectNames): string {
  const body = table(
    io,
    links,
    [
      { head: 'OBJECT', cell: (row) => names.long(row.object) },
      { head: 'LINK', cell: (row) => row.action, tone: (row) => (row.action === 'not-linked' ? 'warn' : 'plain') },
      { head: 'METAVERSE', cell: (row) => (row.metaverse === '' ? null : names.long(row.metaverse)) },
      { head: 'RULE', cell: (row) => row.rule?.name },
    ],
    'No link is made, changed or ended.',
  );
  return section(io, 'Links', body);
}

function summaryText(io: Io, attributes: readonly ExplainedAttribute[], names: ObjectNames): string {
  const suppliers = (row: ExplainedAttribute): ExplainedAttribute['contributions'] =>
    row.contributions.filter(({ verdict }) => verdict === 'won' || verdict === 'merged');
  const losers = (row: ExplainedAttribute): number => row.contributions.length - suppliers(row).length;
  const valued = attributes.filter(({ result, contributions }) => result !== null || contributions.some(isTelling));
  const body = table(
    io,
    valued,
    [
      { head: 'ATTRIBUTE', cell: (row) => row.attribute },
      { head: 'OF', cell: (row) => names.short(row.object) },
      {
        head: 'RULE',
        cell: (row) =>
          suppliers(row)
            .map(({ rule }) => rule.name)
            .join(', '),
      },
      { head: 'LOSERS', cell: losers, right: true },
      { head: 'VALUE', cell: (row) => (row.result === null ? null : valueText(row.attribute, row.result)) },
    ],
    'No attribute was decided.',
  );
  const silent = attributes.length - valued.length;
  const hint = `${silent === 0 ? '' : `${silent} more get no value from any rule. `}Name an attribute to see its whole contest.\n`;
  return section(io, 'Attributes', attributes.length === 0 ? body : body + io.paint('dim', hint));
}

/** Gave no value for a reason that a person may look for. */
const isTelling = ({ verdict }: ExplainedAttribute['contributions'][number]): boolean =>
  verdict === 'error' || verdict === 'authoritative-null' || verdict === 'ignored';

function contestsText(
  io: Io,
  attributes: readonly ExplainedAttribute[],
  names: ObjectNames,
  attribute: string,
): string[] {
  if (attributes.length > 0) return attributes.map((one) => contestText(io, one, names));
  return [section(io, `Attribute ${attribute}`, 'No rule in scope flows to it.\n')];
}

/** Why the target has another value; whether it is a duplicate or the domain, the target knows. */
function heldBackLine({ attribute, wanted, present }: HeldValue): readonly [string, string] {
  const has = present === null ? 'has none' : `has ${present}`;
  return [
    `${attribute} held back`,
    `${wanted}: another object has it, or its domain is not verified. The target ${has} until then; it is tried every hour.`,
  ];
}

function exportsText(io: Io, exports: readonly ExplainedExport[], names: ObjectNames): string[] {
  if (exports.length === 0) return [section(io, 'Export', 'The object has no place in a target.\n')];
  return exports.map(({ object, target, pending, inFlight, unsupported, heldBack = [], export: state, members }) => {
    const failure = state?.code == null ? null : `${state.code} ${state.message ?? ''}`;
    const lines: readonly (readonly [string, string | number | null | undefined])[] = [
      ['object', names.long(object)],
      ['pending', pending?.operation ?? 'nothing'],
      ['sent, no answer yet', inFlight?.operation],
      ['state', state?.state],
      ['gate', state?.gate],
      ['why', state?.reason ?? failure],
      ['attempts', state?.attempts],
      ['members to add', members.add],
      ['members to remove', members.remove],
      ...heldBack.map(heldBackLine),
      ['the target cannot hold', unsupported.includes('*') ? 'the object' : unsupported.join(', ')],
    ];
    const head = facts(
      io,
      lines.filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== 0),
    );
    return section(io, `Export to ${target}`, head + (pending === null ? '' : changes(io, pending.changes)));
  });
}
