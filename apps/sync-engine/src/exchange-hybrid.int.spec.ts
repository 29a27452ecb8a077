import type { ObjectChange } from '@adjoin/contracts';
import { afterEach, describe, expect, it } from 'vitest';
import { EngineHarness, guid } from './testing/engine-harness.js';

const mongo = process.env['ADJOIN_TEST_MONGO'];
const RULES = { options: { features: ['exchange', 'hybridExchange'] } };
const X500 = 'x500:/o=cloud/cn=user1';
const OWN = ['SMTP:user1@corp.test', 'smtp:one@corp.test'];
let engine: EngineHarness;
afterEach(() => engine.close());

const stored = () => engine.store.cs.findOne({ connector: 'corp', anchor: guid(1) });
const changed = (anchor: string, attributes: ObjectChange['attributes']): ObjectChange =>
  engine.object({ anchor, op: 'delta', attributes });

/** A user with addresses and the mailbox that the cloud made for them; gives what is to be written to the forest. */
async function start(ad: object) {
  engine = await EngineHarness.open(mongo ?? '', ad, RULES);
  const user = engine.user(1);
  await engine.deliver([{ ...user, attributes: { ...user.attributes, mailNickname: 'user1', proxyAddresses: OWN } }]);
  await engine.baseline();
  const [added] = await engine.settle();
  const mailbox = {
    ...added?.attributes,
    sourceAnchor: added?.sourceAnchor ?? '',
    cloudAnchor: 'User_1',
    cloudMastered: false,
    cloudLegacyExchangeDN: '/o=cloud/cn=user1',
    cloudMSExchRecipientDisplayType: 1_073_741_824,
    cloudMSExchSafeSendersHash: { $binary: 'AQ==' },
  };
  await engine.deliver([
    engine.object({
      connector: 'entra',
      anchor: `cloud-${added?.objectId ?? ''}`,
      objectType: 'user',
      attributes: mailbox,
    }),
  ]);
  await engine.settle();
  return engine.release(engine.writeBack);
}

describe.skipIf(mongo === undefined)('the mailbox that a user has in the cloud', () => {
  it('leaves its values in the forest, each confirmed by the import, and nothing follows', async () => {
    const exports = await start({ writeBack: ['exchange-hybrid'] });
    expect(exports).toMatchObject([{ target: 'corp', operation: 'update', objectType: 'user', cloudId: guid(1) }]);
    const attributes = exports[0]?.attributes ?? {};
    expect(attributes).toEqual({
      proxyAddresses: [...OWN, X500],
      msExchSafeSendersHash: { $binary: 'AQ==' },
      'msDS-ExternalDirectoryObjectID': 'User_1',
    });
    await engine.acknowledge(exports);
    await engine.deliver([changed(guid(1), attributes)]);
    await engine.settle();
    expect(await engine.release(engine.writeBack)).toEqual([]);
    const object = await stored();
    expect([object?.unconfirmed, object?.pendingExport, object?.exp]).toEqual([undefined, undefined, undefined]);
  });

  it('gives the address back that somebody removes, and no other one', async () => {
    const [first] = await start({ writeBack: ['exchange-hybrid'] });
    if (first === undefined) throw new Error('There is no export.');
    await engine.acknowledge([first]);
    await engine.deliver([changed(guid(1), first.attributes)]);
    await engine.settle();
    await engine.deliver([changed(guid(1), { proxyAddresses: OWN.slice(0, 1) })]);
    await engine.settle();
    const again = await engine.release(engine.writeBack);
    expect(again.map(({ attributes }) => attributes)).toEqual([{ proxyAddresses: [...OWN.slice(0, 1), X500] }]);
  });

  it('leaves nothing where the feature is off', async () => {
    expect(await start({})).toEqual([]);
  });
});
