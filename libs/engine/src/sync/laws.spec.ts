import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  basicRules,
  clause,
  direct,
  expression,
  inbound,
  on,
  outbound,
  planOf,
  spaceOf,
} from '../testing/rule-builders.js';
import { MemorySpace } from '../testing/memory-space.js';

/** Two forests whose users join by anchor or mail, one cloud that is read and written, references, a group filter of sorts. */
const rules = [
  ...basicRules(),
  inbound({
    name: 'Sales Join',
    connector: 'sales',
    linkType: 'Provision',
    precedence: 102,
    join: [[on('anchor')]],
    flows: [direct('anchor'), direct('filtered')],
  }),
  inbound({
    name: 'Sales Common',
    connector: 'sales',
    precedence: 103,
    scope: [[clause('displayName', 'ISNOTNULL')]],
    flows: [direct('displayName'), direct('mail'), direct('manager'), direct('proxy', 'proxy', { merge: 'Merge' })],
  }),
  inbound({ name: 'Corp Proxy', precedence: 104, flows: [direct('proxy', 'proxy', { merge: 'Merge' })] }),
  inbound({
    name: 'Cloud',
    connector: 'entra',
    precedence: 150,
    join: [[on('anchor', 'anchor', true)]],
    flows: [direct('cloudAnchor'), expression('seen', 'ImportedValue("anchor")')],
  }),
  outbound({ name: 'Out Proxy', precedence: 220, flows: [direct('proxy')] }),
];

interface Person {
  readonly connector: 'corp' | 'sales';
  readonly name: string;
  readonly displayName: string | null;
  readonly mail: string | null;
  readonly filtered: string | null;
  readonly manager: string | null;
  readonly proxy: readonly string[] | null;
}

const names = ['ada', 'bob', 'cy', 'dee'];
const optional = <T>(values: readonly T[]) => fc.constantFrom<T | null>(...values, null);
const person: fc.Arbitrary<Person> = fc.record({
  connector: fc.constantFrom('corp' as const, 'sales' as const),
  name: fc.constantFrom(...names),
  displayName: optional(['X', 'Y']),
  mail: optional(['m1', 'm2']),
  filtered: fc.constantFrom(null, null, 'True'),
  manager: optional(names),
  proxy: fc.constantFrom(null, ['a'], ['a', 'b'], ['c']),
});
const people = fc.uniqueArray(person, { selector: ({ connector, name }) => `${connector} ${name}`, maxLength: 8 });
const cloud = fc.uniqueArray(fc.constantFrom(...names), { maxLength: 3 });

function importPerson(space: MemorySpace, { connector, name, manager, proxy, ...attributes }: Person): void {
  space.importObject({
    connector,
    type: 'user',
    anchor: `${connector}-${name}`,
    dn: `CN=${name},DC=${connector}`,
    attributes: {
      ...attributes,
      anchor: name,
      proxy,
      manager: manager === null ? null : space.reference(connector, `CN=${manager},DC=${connector}`),
    },
  });
}

function importCloud(space: MemorySpace, name: string): void {
  space.importObject({
    connector: 'entra',
    type: 'user',
    anchor: `cloud-${name}`,
    dn: `CN={${name}}`,
    attributes: { anchor: name, cloudAnchor: `User_${name}` },
  });
}

/** The end state without generated identifiers, in an order of its own. */
function stateOf(space: MemorySpace): readonly string[] {
  const nameOfCs = (id: string) => space.index.cs(id)?.dn ?? id;
  const nameOfMv = (id: string) => String(space.index.mv(id)?.attributes['anchor']);
  const named = (_key: string, value: unknown): unknown => {
    if (value instanceof Set) return [...value];
    if (typeof value === 'object' && value !== null && 'ref' in value)
      return { ref: space.index.mv(String(value.ref)) ? nameOfMv(String(value.ref)) : nameOfCs(String(value.ref)) };
    if (Array.isArray(value)) return [...value].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
    return value;
  };
  const mv = space.metaverse().map(({ attributes, lineage, links }) => ({
    attributes,
    winners: Object.fromEntries(Object.entries(lineage).map(([name, all]) => [name, all.map(({ rule }) => rule)])),
    links: links.map(({ cs }) => nameOfCs(cs)),
  }));
  const cs = [...space.index.objects.values()]
    .filter(({ state }) => state !== 'placeholder')
    .map(({ dn, connector, pendingExport, link, rules: applied }) => ({
      dn,
      connector,
      pendingExport,
      link: link === undefined ? '' : nameOfMv(link.mv),
      provision: link?.provision,
      applied,
    }));
  const errors = [...space.errors.values()].map(({ code }) => code);
  return [...mv, ...cs, errors].map((one) => JSON.stringify(one, named)).sort();
}

// Generous, because many generated systems are run; none of the laws is about time.
describe('laws of synchronization', { timeout: 60_000 }, () => {
  it('does not depend on the order of imports, nor on when synchronization runs', () => {
    fc.assert(
      fc.property(
        people,
        cloud,
        fc.array(fc.boolean(), { minLength: 11, maxLength: 11 }),
        fc.infiniteStream(fc.nat()),
        (all, known, pauses, shuffle) => {
          // Leaving scope deletes what was in scope before and spares what never was: there, the order is meant to count.
          const visible = known.length === 0 ? all : all.map((one) => ({ ...one, filtered: null }));
          const steps = [
            ...visible.map((one) => (space: MemorySpace) => importPerson(space, one)),
            ...known.map((name) => (space: MemorySpace) => importCloud(space, name)),
          ];
          const first = spaceOf(rules);
          for (const step of steps) step(first);
          first.sync();
          const second = spaceOf(rules);
          const keyed = steps.map((step) => ({ step, key: shuffle.next().value ?? 0 })).sort((a, b) => a.key - b.key);
          keyed.forEach(({ step }, index) => {
            step(second);
            if (pauses[index] === true) second.sync();
          });
          second.sync();
          expect(stateOf(second)).toEqual(stateOf(first));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('does not depend on what is loaded when an object is decided first', () => {
    fc.assert(
      fc.property(people, cloud, fc.array(fc.boolean(), { minLength: 11, maxLength: 11 }), (all, known, pauses) => {
        // What has to be loaded is decided later: as above, the order is meant to count where somebody leaves scope.
        const visible = known.length === 0 ? all : all.map((one) => ({ ...one, filtered: null }));
        const steps = [
          ...known.map((name) => (space: MemorySpace) => importCloud(space, name)),
          ...visible.map((one) => (space: MemorySpace) => importPerson(space, one)),
        ];
        const [early, late] = [false, true].map((loadsLate) => {
          const space = new MemorySpace({ plan: planOf(rules), loadsLate });
          steps.forEach((step, index) => {
            step(space);
            if (pauses[index] === true) space.sync();
          });
          space.sync();
          return stateOf(space);
        });
        expect(late).toEqual(early);
      }),
      { numRuns: 150 },
    );
  });

  it('changes nothing when it runs again over everything', () => {
    fc.assert(
      fc.property(people, cloud, fc.boolean(), (all, known, exported) => {
        const space = spaceOf(rules);
        for (const one of all) importPerson(space, one);
        for (const name of known) importCloud(space, name);
        space.sync();
        if (exported) space.export('entra');
        space.sync();
        const before = stateOf(space);
        const statistics = space.sync({ full: true });
        expect(stateOf(space)).toEqual(before);
        expect(statistics).toMatchObject({
          projections: 0,
          joins: 0,
          provisioned: 0,
          deprovisioned: 0,
          metaverseDeletes: 0,
          flowUpdates: 0,
        });
      }),
      { numRuns: 50 },
    );
  });

  it('ends a series of deltas where a full import of the last state ends', () => {
    fc.assert(
      fc.property(fc.array(people, { minLength: 2, maxLength: 4 }), (generations) => {
        const deltas = spaceOf(rules);
        let present: readonly Person[] = [];
        for (const generation of generations) {
          for (const gone of present.filter(
            (one) => !generation.some((next) => next.connector === one.connector && next.name === one.name),
          )) {
            deltas.importDelete(gone.connector, `${gone.connector}-${gone.name}`);
          }
          for (const one of generation) importPerson(deltas, one);
          deltas.sync();
          present = generation;
        }
        const fresh = spaceOf(rules);
        for (const one of present) importPerson(fresh, one);
        fresh.sync();
        expect(stateOf(deltas)).toEqual(stateOf(fresh));
      }),
      { numRuns: 50 },
    );
  });

  it('has nothing left to export after an export that was confirmed', () => {
    fc.assert(
      fc.property(people, (all) => {
        const space = spaceOf(rules);
        for (const one of all) importPerson(space, one);
        space.sync();
        space.export('entra');
        space.sync();
        expect(space.pendingExports('entra').map(({ pendingExport }) => pendingExport)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
