import type { CsObject, MvObject } from '@adjoin/engine';
import type { Expectation, MetaverseExpectation, WrittenValue } from './format.js';
import { equalsWritten, matchesWhere, printAt, type World } from './world.js';

type Where = Readonly<Record<string, WrittenValue>>;

/** Differences between the metaverse and what is expected of it. */
export function metaverseDifferences(world: World, expected: NonNullable<Expectation['metaverse']>): string[] {
  if (!Array.isArray(expected)) {
    const found = find(world, expected.where ?? {}, expected.type).length;
    return found === expected.count
      ? []
      : [`metaverse: expected ${expected.count} objects${describe(expected.where)}, found ${found}`];
  }
  return expected.flatMap((entry) => entryDifferences(world, entry));
}

function entryDifferences(world: World, entry: MetaverseExpectation): string[] {
  const found = find(world, entry.where, undefined);
  const label = `metaverse${describe(entry.where)}`;
  if (entry.exists === false) return found.length === 0 ? [] : [`${label}: expected none, found ${found.length}`];
  if (entry.count !== undefined)
    return found.length === entry.count ? [] : [`${label}: expected ${entry.count}, found ${found.length}`];
  const [mv] = found;
  if (mv === undefined || found.length > 1)
    return [
      `${label}: expected exactly one object, found ${found.length}${found.length === 0 ? available(world) : ''}`,
    ];
  const differences: string[] = [];
  const side = { kind: 'metaverse', type: mv.type } as const;
  if (entry.type !== undefined && entry.type !== mv.type)
    differences.push(`${label}: expected type ${entry.type}, is ${mv.type}`);
  for (const [name, written] of Object.entries(entry.attributes ?? {})) {
    const actual = mv.attributes[name];
    if (!equalsWritten(world, side, name, actual, written))
      differences.push(
        `${label}: ${name} expected ${printWritten(written)}, is ${printAt(world, actual)}${contributor(world, mv, name)}`,
      );
  }
  for (const name of entry.absent ?? []) {
    if (mv.attributes[name] !== undefined)
      differences.push(
        `${label}: ${name} expected absent, is ${printAt(world, mv.attributes[name])}${contributor(world, mv, name)}`,
      );
  }
  for (const [name, rule] of Object.entries(entry.from ?? {})) {
    const rules = (mv.lineage[name] ?? []).map((one) => one.rule);
    if (!rules.some((id) => id === rule || world.ruleName(id) === rule)) {
      differences.push(
        `${label}: ${name} expected from rule "${rule}", comes from ${rules.map((id) => `"${id}"`).join(', ') || 'no rule'}`,
      );
    }
  }
  if (entry.connectors !== undefined) {
    const joined = mv.links.filter(({ cs }) => wasImported(world.csById(cs))).length;
    if (joined !== entry.connectors)
      differences.push(`${label}: expected ${entry.connectors} joined objects, found ${joined}`);
  }
  return differences;
}

/** Pending adds do not count as connectors. */
function wasImported(cs: CsObject | undefined): boolean {
  return cs?.state === 'imported';
}

function find(world: World, where: Where, type: string | undefined): MvObject[] {
  return [...world.mv()].filter(
    (mv) =>
      (type === undefined || mv.type === type) &&
      matchesWhere(world, { kind: 'metaverse', type: mv.type }, mv.attributes, where),
  );
}

function contributor(world: World, mv: MvObject, attribute: string): string {
  const [winner] = mv.lineage[attribute] ?? [];
  return winner === undefined ? '' : ` (from "${world.ruleName(winner.rule)}" of ${winner.connector})`;
}

function available(world: World): string {
  const names = [...world.mv()].map(
    (mv) =>
      `${mv.type} ${printAt(world, mv.attributes['accountName'] ?? mv.attributes['displayName'] ?? mv.attributes['cn'])}`,
  );
  return names.length === 0 ? '; the metaverse is empty' : `; there are: ${names.slice(0, 8).join(', ')}`;
}

/** ` {accountName: "kim"}` for messages. */
export function describe(where: Where | undefined): string {
  const entries = Object.entries(where ?? {});
  return entries.length === 0
    ? ''
    : ` {${entries.map(([name, value]) => `${name}: ${printWritten(value)}`).join(', ')}}`;
}

/** A written value as it stands in the file. */
export function printWritten(value: WrittenValue): string {
  return JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? Number(one) : one)) ?? 'null';
}
