import { disjoined } from '../connector-space/link.js';
import { deprovision } from '../sync/deprovision.js';
import type { MvObject } from '../sync/model.js';
import type { Transaction } from '../sync/transaction.js';

/**
 * Deletes a metaverse object that no Provision or StickyJoin rule holds any more (architecture.md §5): objects held by
 * an outbound Provision rule get a pending delete, all others become disconnectors and stay in their directory.
 */
export function deleteMetaverseObject(txn: Transaction, mv: MvObject): void {
  for (const link of mv.links) {
    const cs = txn.getCs(link.cs);
    if (cs === null) continue;
    if (cs.link?.provision !== undefined) deprovision(txn, cs);
    else if (cs.link !== undefined) {
      txn.cs.set(cs.id, disjoined(cs));
      txn.due.add(cs.id);
      txn.trace?.({ kind: 'link', object: cs.id, mv: mv.id, action: 'disjoined' });
    }
  }
  txn.mv.set(mv.id, null);
  txn.count('metaverseDeletes');
  txn.trace?.({ kind: 'metaverse-delete', mv: mv.id });
}
