import { imageOf, type CsObject } from '@adjoin/engine';
import { normalizeDn } from './container-scope.js';
import { exportDifferences } from './expect-exports.js';
import { describe, metaverseDifferences, printWritten } from './expect-metaverse.js';
import type { ConnectorSpaceExpectation, ErrorExpectation, Expectation } from './format.js';
import { matchOneToOne } from './match-one-to-one.js';
import { equalsWritten, matchesWhere, printAt, type CurrentError, type World } from './world.js';

/** Everything in which the state differs from an `expect` step. */
export function expectDifferences(world: World, expected: Expectation): string[] {
  return [
    ...(expected.metaverse === undefined ? [] : metaverseDifferences(world, expected.metaverse)),
    ...Object.entries(expected.exports ?? {}).flatMap(([connector, list]) => exportDifferences(world, connector, list)),
    ...(expected.connectorSpace ?? []).flatMap((entry) => connectorSpaceDifferences(world, entry)),
    ...(expected.errors === undefined ? [] : errorDifferences(world.errors, expected.errors)),
  ];
}

function connectorSpaceDifferences(world: World, entry: ConnectorSpaceExpectation): string[] {
  const found = [...world.cs()].filter((cs) => isWanted(world, cs, entry));
  const label = `connector space ${entry.connector}${entry.dn === undefined ? '' : ` ${entry.dn}`}${describe(entry.where)}`;
  if (entry.exists === false) return found.length === 0 ? [] : [`${label}: expected none, found ${found.length}`];
  if (entry.count !== undefined) {
    const counted = found.filter((cs) => entry.state === undefined || stateOf(cs) === entry.state).length;
    return counted === entry.count ? [] : [`${label}: expected ${entry.count}, found ${counted}`];
  }
  const [cs] = found;
  if (cs === undefined || found.length > 1) return [`${label}: expected exactly one object, found ${found.length}`];
  const differences: string[] = [];
  const side = { kind: 'connector-space', connector: cs.connector, type: cs.type } as const;
  if (entry.state !== undefined && stateOf(cs) !== entry.state)
    differences.push(`${label}: expected ${entry.state}, is ${stateOf(cs)}`);
  for (const [name, written] of Object.entries(entry.attributes ?? {})) {
    const actual = imageOf(cs)[name];
    if (!equalsWritten(world, side, name, actual, written))
      differences.push(`${label}: ${name} expected ${printWritten(written)}, is ${printAt(world, actual)}`);
  }
  for (const name of entry.absent ?? []) {
    if (imageOf(cs)[name] !== undefined)
      differences.push(`${label}: ${name} expected absent, is ${printAt(world, imageOf(cs)[name])}`);
  }
  return differences;
}

function isWanted(world: World, cs: CsObject, entry: ConnectorSpaceExpectation): boolean {
  if (cs.connector !== entry.connector || (entry.type !== undefined && cs.type !== entry.type)) return false;
  if (entry.dn !== undefined && normalizeDn(entry.dn) !== normalizeDn(cs.dn)) return false;
  const side = { kind: 'connector-space', connector: cs.connector, type: cs.type } as const;
  const { dn, ...where } = entry.where ?? {};
  if (dn !== undefined && normalizeDn(String(dn)) !== normalizeDn(cs.dn)) return false;
  return matchesWhere(world, side, imageOf(cs), where);
}

function stateOf(cs: CsObject): 'joined' | 'disjoined' | 'placeholder' {
  if (cs.state === 'placeholder') return 'placeholder';
  return cs.link === undefined ? 'disjoined' : 'joined';
}

function errorDifferences(actual: readonly CurrentError[], expected: readonly ErrorExpectation[]): string[] {
  const fits = (entry: number, candidate: number): boolean => {
    const [want, have] = [expected[entry], actual[candidate]];
    if (want === undefined || have === undefined) return false;
    if (want.connector !== undefined && want.connector !== have.connector) return false;
    if (want.dn !== undefined && normalizeDn(want.dn) !== normalizeDn(have.dn)) return false;
    return matchesText(want.code, have.code) && matchesText(want.message, have.message);
  };
  const matched = matchOneToOne(expected.length, actual.length, fits);
  const used = new Set(matched);
  const print = (error: ErrorExpectation | CurrentError): string =>
    `${error.code ?? 'error'} on ${error.connector ?? '?'} ${error.dn ?? '?'}${error.message === undefined ? '' : `: ${error.message}`}`;
  return [
    ...expected.filter((_, index) => matched[index] === undefined).map((entry) => `errors: expected ${print(entry)}`),
    ...actual.filter((_, index) => !used.has(index)).map((error) => `errors: not expected: ${print(error)}`),
  ];
}

/** `/.../` is a regular expression (with flags behind it), other text must be equal. */
function matchesText(wanted: string | undefined, actual: string): boolean {
  if (wanted === undefined) return true;
  const pattern = /^\/(.*)\/([a-z]*)$/s.exec(wanted);
  return pattern === null ? wanted === actual : new RegExp(pattern[1] ?? '', pattern[2]).test(actual);
}
