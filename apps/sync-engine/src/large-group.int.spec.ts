import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_REFERENCES_PER_MESSAGE, type ReferenceChange } from '@adjoin/contracts';
import { EngineHarness, guid } from './testing/engine-harness.js';

const uri = process.env['ADJOIN_TEST_MONGO'] ?? 'mongodb://127.0.0.1:27117/?replicaSet=rs0';
/** The figure of an enterprise (20000) takes half a minute; the same code runs with fewer. */
const MEMBERS = Number(process.env['ADJOIN_TEST_MEMBERS'] ?? 5_000);
const LONG_MS = 300_000;
const GROUP = 999_999;
let engine: EngineHarness;
beforeEach(async () => {
  engine = await EngineHarness.open(uri);
});
afterEach(() => engine.close());

const refs = (members: Iterable<number>) => [...members].map((n) => ({ $ref: guid(n) }));
const references = (member: ReferenceChange) =>
  engine.object({ anchor: guid(GROUP), op: 'delta', objectType: 'group', references: { member } });

/** What the connector space says of the group: its values, and their number. */
async function inConnectorSpace(): Promise<{ members: Set<string>; count: number | undefined }> {
  const group = await engine.store.cs.findOne({ connector: 'corp', anchor: guid(GROUP) });
  const edges = await engine.store.sourceEdges.find({ g: group?._id ?? '', a: 'member' }).toArray();
  return { members: new Set(edges.map(({ t }) => t)), count: group?.counts?.['member'] };
}

describe('a large group', () => {
  it(
    'is in the connector space as in the directory: all members, one added, one removed, a quarter removed',
    async () => {
      const members = new Set(Array.from({ length: MEMBERS }, (_, index) => index + 1));
      const sent = [...members];
      const { references: none, ...group } = engine.group(GROUP, []);
      expect(none).toBeDefined();
      await engine.deliver([group]);
      for (let start = 0, index = 0; start < sent.length; start += MAX_REFERENCES_PER_MESSAGE, index += 1) {
        const values = refs(sent.slice(start, start + MAX_REFERENCES_PER_MESSAGE));
        const last = start + MAX_REFERENCES_PER_MESSAGE >= sent.length;
        await engine.deliver([references({ mode: 'set', set: 'first', index, last, count: MEMBERS, values })]);
      }
      const expectEqual = async (): Promise<void> => {
        const { members: known, count } = await inConnectorSpace();
        expect(count).toBe(members.size);
        expect(known.size).toBe(members.size);
        expect([...members].filter((n) => !known.has(idOf(n)))).toEqual([]);
      };
      const [edge] = await engine.store.sourceEdges.find({ t: new RegExp(guid(1)) }).toArray();
      const idOf = (n: number): string => (edge?.t ?? '').replace(guid(1), guid(n));
      await expectEqual();

      const extra = MEMBERS + 1;
      members.add(extra);
      await engine.deliver([references({ mode: 'change', add: refs([extra]), remove: [] })]);
      await expectEqual();
      members.delete(extra);
      await engine.deliver([references({ mode: 'change', add: [], remove: refs([extra]) })]);
      await expectEqual();
      const quarter = sent.slice(0, Math.floor(MEMBERS / 4));
      for (const n of quarter) members.delete(n);
      for (let start = 0; start < quarter.length; start += MAX_REFERENCES_PER_MESSAGE) {
        const remove = refs(quarter.slice(start, start + MAX_REFERENCES_PER_MESSAGE));
        await engine.deliver([references({ mode: 'change', add: [], remove })]);
      }
      await expectEqual();
    },
    LONG_MS,
  );
});
