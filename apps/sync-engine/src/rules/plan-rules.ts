import { randomUUID } from 'node:crypto';
import { SyncSession, type CompiledRuleSet, type Need } from '@adjoin/engine';
import { ChunkView } from '@adjoin/spaces';
import type { Store } from '../store.js';

export interface RulePlan {
  /** Connector-space objects looked at. */
  readonly objects: number;
  readonly metaverseChanged: number;
  readonly exports: { readonly add: number; readonly update: number; readonly delete: number };
  readonly errors: number;
  /** A few deletes by name, so that an operator recognizes them. */
  readonly deletes: readonly string[];
  readonly errorSamples: readonly string[];
}

const CHUNK = 500;

/** What a rule set would change, over everything, without writing: the same decisions as synchronization, thrown away (DESIGN §9). */
export async function planRules(store: Store, plan: CompiledRuleSet): Promise<RulePlan> {
  const total = { objects: 0, metaverseChanged: 0, add: 0, update: 0, delete: 0, errors: 0 };
  const deletes: string[] = [];
  const errorSamples: string[] = [];
  let after = '';
  for (;;) {
    const documents = await store.cs
      .find({ _id: { $gt: after }, state: { $ne: 'placeholder' } })
      .sort({ _id: 1 })
      .limit(CHUNK)
      .toArray();
    const last = documents.at(-1);
    if (last === undefined) break;
    after = last._id;
    total.objects += documents.length;
    await store.mongo.withTransaction(async (session) => {
      const view = new ChunkView(store, session);
      view.addCs(documents);
      const engine = new SyncSession({ plan, view, now: new Date(), newId: randomUUID, random: Math.random });
      let open = documents.map((document) => document._id);
      for (let round = 0; open.length > 0 && round < 12; round++) {
        const needs: Need[] = [];
        open = open.filter((id) => {
          const outcome = engine.synchronize(id);
          if (outcome.status === 'error') {
            total.errors += 1;
            if (errorSamples.length < 10) errorSamples.push(`${id}: ${outcome.error.message}`);
          }
          if (outcome.status === 'needs') needs.push(...outcome.needs);
          return outcome.status === 'needs';
        });
        if (open.length > 0) await view.load(needs);
      }
      const changes = engine.changes();
      total.metaverseChanged += changes.mv.size;
      for (const [id, object] of changes.cs) {
        const before = view.csDocuments.get(id)?.pendingExport;
        const pending = object?.pendingExport;
        if (pending === undefined || pending === before) continue;
        total[pending.operation] += 1;
        if (pending.operation === 'delete' && deletes.length < 20)
          deletes.push(String(object?.imported['userPrincipalName'] ?? object?.dn ?? id));
      }
    });
  }
  return {
    objects: total.objects,
    metaverseChanged: total.metaverseChanged,
    exports: { add: total.add, update: total.update, delete: total.delete },
    errors: total.errors,
    deletes,
    errorSamples,
  };
}
