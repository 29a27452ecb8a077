import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ObjectChange } from '@adjoin/contracts';
import { EngineHarness, guid } from './testing/engine-harness.js';

const uri = process.env['ADJOIN_TEST_MONGO'] ?? 'mongodb://127.0.0.1:27117/?replicaSet=rs0';
/** The figure of an enterprise (5000) takes a minute; the same code runs with fewer. */
const USERS = Number(process.env['ADJOIN_TEST_MEMBERS'] ?? 400);
const LONG_MS = 300_000;
const [HEAD, OU, TEAM] = [900_001, 900_002, 900_003];
let engine: EngineHarness;
beforeEach(async () => {
  engine = await EngineHarness.open(uri);
});
afterEach(() => engine.close());

const container = (n: number, rdn: string, parent: number | null): ObjectChange =>
  engine.object({
    anchor: guid(n),
    objectType: 'container',
    placeholder: true,
    rdn,
    parent: parent === null ? null : guid(parent),
    attributes: {},
  });
const below = (change: ObjectChange, parent: number): ObjectChange => ({ ...change, parent: guid(parent) });

describe('the rename of an organizational unit', () => {
  it(
    'gives everything below it its new DN by one message, and exports nothing',
    async () => {
      const head = 'DC=corp,DC=test';
      const numbers = Array.from({ length: USERS }, (_, index) => index + 1);
      await engine.deliver([
        container(HEAD, head, null),
        container(OU, 'OU=Staff', HEAD),
        container(TEAM, 'OU=Team', OU),
        ...numbers.map((n) => below(engine.user(n), n % 2 === 0 ? OU : TEAM)),
        below(engine.group(50_000, numbers.slice(0, 10)), TEAM),
      ]);
      await engine.baseline();
      expect((await engine.settle()).length).toBeGreaterThanOrEqual(USERS + 1);
      expect(await engine.settle()).toEqual([]);
      const messages = engine.sent.length;

      await engine.deliver([
        engine.object({ anchor: guid(OU), op: 'delta', objectType: 'container', rdn: 'OU=People', parent: guid(HEAD) }),
      ]);
      const old = await engine.store.cs.countDocuments({ connector: 'corp', dn: /OU=Staff/ });
      expect(old).toBe(0);
      const user = await engine.store.cs.findOne({ connector: 'corp', anchor: guid(1) });
      expect(user?.dn).toBe(`CN=user1,OU=Team,OU=People,${head}`);
      await engine.endRun('corp', 'delta-import');
      expect(await engine.settle()).toEqual([]);
      expect(await engine.store.cs.countDocuments({ dirtyAt: { $exists: true } })).toBe(0);
      // Nothing was asked of the importer either: no object is read again.
      expect(engine.sent.length).toBe(messages);
    },
    LONG_MS,
  );
});
