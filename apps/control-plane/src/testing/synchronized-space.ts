import { randomUUID } from 'node:crypto';
import { SyncSession, type CompiledRuleSet } from '@adjoin/engine';
import type { MongoHandle } from '@adjoin/shared';
import { ChunkView, spaceCollections, toMvDocument, type CsDocument } from '@adjoin/spaces';

const PARTITION = 'DC=corp,DC=test';

/** A user of Active Directory as staging stores it. */
export const adUser = (name: string, attributes: CsDocument['imported'] = {}): CsDocument => ({
  _id: `corp|${name}`,
  connector: 'corp',
  type: 'user',
  anchor: name,
  dn: `CN=${name},OU=Staff,${PARTITION}`,
  partition: PARTITION,
  state: 'imported',
  imported: {
    cn: name,
    sAMAccountName: name,
    displayName: name,
    userPrincipalName: `${name}@corp.test`,
    userAccountControl: 512n,
    objectGUID: Buffer.from(name.padEnd(16, '.').slice(0, 16)),
    ...attributes,
  },
  importedDelete: false,
  rules: [],
});

/** Stores objects and synchronizes them as the engine does, so that joined objects and pending exports are real ones. */
export async function synchronized(
  mongo: MongoHandle,
  plan: CompiledRuleSet,
  documents: readonly CsDocument[],
): Promise<void> {
  const spaces = spaceCollections(mongo.db);
  await spaces.cs.insertMany([...documents]);
  await mongo.withTransaction(async (session) => {
    const view = new ChunkView(spaces, session);
    const engine = new SyncSession({ plan, view, now: new Date(), newId: randomUUID, random: Math.random });
    for (const { _id } of documents) {
      for (let outcome = engine.synchronize(_id); outcome.status !== 'done'; outcome = engine.synchronize(_id)) {
        if (outcome.status === 'error') throw new Error(outcome.error.message);
        await view.load(outcome.needs);
      }
    }
    for (const [id, object] of engine.changes().cs) {
      if (object === null) continue;
      const { id: _, ...rest } = object;
      await spaces.cs.replaceOne({ _id: id }, { ...view.csDocuments.get(id), ...rest }, { upsert: true, session });
    }
    for (const [id, object] of engine.changes().mv) {
      if (object === null) continue;
      await spaces.mv.replaceOne({ _id: id }, toMvDocument(object, plan.mvJoinKeys(object)), { upsert: true, session });
    }
  });
}
