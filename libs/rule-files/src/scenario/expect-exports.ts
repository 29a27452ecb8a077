import { imageOf, type Attributes, type CsObject, type PendingExport } from '@adjoin/engine';
import { normalizeDn } from './container-scope.js';
import { describe, printWritten } from './expect-metaverse.js';
import type { Expectation, ExportExpectation } from './format.js';
import { matchOneToOne } from './match-one-to-one.js';
import { equalsWritten, matchesWhere, printAt, type World } from './world.js';

interface Candidate {
  readonly cs: CsObject;
  readonly pending: PendingExport;
}

/** Differences between the pending exports of a connector space and the expected list. */
export function exportDifferences(
  world: World,
  connector: string,
  expected: NonNullable<Expectation['exports']>[string],
): string[] {
  const candidates = [...world.cs()].flatMap((cs): Candidate[] =>
    cs.connector === connector && cs.pendingExport ? [{ cs, pending: cs.pendingExport }] : [],
  );
  const entries = expected.filter((entry): entry is ExportExpectation => !('others' in entry));
  const othersAllowed = entries.length < expected.length;
  const problems = entries.map((entry) => candidates.map((candidate) => entryDifferences(world, entry, candidate)));
  const matched = matchOneToOne(
    entries.length,
    candidates.length,
    (entry, candidate) => problems[entry]?.[candidate]?.length === 0,
  );
  const used = new Set(matched);
  const differences: string[] = [];
  for (const [index, entry] of entries.entries()) {
    if (matched[index] !== undefined) continue;
    const near = nearest(problems[index] ?? [], used);
    differences.push(
      `exports of ${connector}: no pending ${entry.operation ?? 'export'}${label(entry)}${near === undefined ? '' : `; nearest: ${near.join('; ')}`}`,
    );
  }
  if (!othersAllowed) {
    for (const [index, candidate] of candidates.entries()) {
      if (!used.has(index)) differences.push(`exports of ${connector}: not expected: ${print(world, candidate)}`);
    }
  }
  return differences;
}

function entryDifferences(world: World, entry: ExportExpectation, { cs, pending }: Candidate): string[] {
  const differences: string[] = [];
  const side = { kind: 'connector-space', connector: cs.connector, type: cs.type } as const;
  if (entry.operation !== undefined && entry.operation !== pending.operation)
    differences.push(`operation is ${pending.operation}`);
  if (entry.type !== undefined && entry.type !== cs.type) differences.push(`type is ${cs.type}`);
  const dn = pending.dn ?? cs.dn;
  if (entry.dn !== undefined && ![dn, cs.dn].some((one) => normalizeDn(one) === normalizeDn(entry.dn ?? '')))
    differences.push(`dn is ${dn}`);
  if (entry.where !== undefined && !matchesWhere(world, side, targetValues(cs), entry.where))
    differences.push(`where does not match ${dn}`);
  for (const [name, written] of Object.entries(entry.attributes ?? {})) {
    const change = name === 'dn' ? pending.dn : pending.changes[name];
    const ok =
      change === undefined
        ? false
        : change === null
          ? written === null
          : equalsWritten(world, side, name, change, written);
    if (!ok)
      differences.push(
        `${name} is ${change === undefined ? 'not exported' : change === null ? 'cleared' : printAt(world, change)} instead of ${printWritten(written)}`,
      );
  }
  for (const name of entry.absent ?? []) {
    if (pending.changes[name] !== undefined)
      differences.push(`${name} is exported as ${printAt(world, pending.changes[name])}`);
  }
  return differences;
}

/** Current and exported values of the target object. */
export function targetValues(cs: CsObject): Attributes {
  return { ...imageOf(cs), dn: cs.pendingExport?.dn ?? cs.dn };
}

function nearest(
  problems: readonly (readonly string[])[],
  used: ReadonlySet<number | undefined>,
): readonly string[] | undefined {
  const free = problems.filter((_, index) => !used.has(index));
  return (free.length > 0 ? free : problems).toSorted((a, b) => a.length - b.length)[0];
}

function label(entry: ExportExpectation): string {
  const type = entry.type === undefined ? '' : ` of a ${entry.type}`;
  return `${type}${entry.dn === undefined ? '' : ` ${entry.dn}`}${describe(entry.where)}${entry.attributes === undefined ? '' : ` with${describe(entry.attributes)}`}`;
}

function print(world: World, { cs, pending }: Candidate): string {
  const changes = Object.entries(pending.changes).map(([name, value]) => `${name}: ${printAt(world, value)}`);
  return `${pending.operation} ${cs.type} ${cs.dn} {${changes.join(', ')}}`;
}
