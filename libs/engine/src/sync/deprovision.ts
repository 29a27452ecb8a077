import { isUnsent } from '../connector-space/image.js';
import { disjoined } from '../connector-space/link.js';
import type { CsObject } from './model.js';
import type { Transaction } from './transaction.js';

/**
 * Ends a link that an outbound Provision rule held: an object that was never sent vanishes, any other gets a pending
 * delete (architecture.md §4 step 8).
 * @returns the object with its delete, or null when nothing has to be exported
 */
export function deprovision(txn: Transaction, cs: CsObject): CsObject | null {
  const unsent = isUnsent(cs);
  const next: CsObject | null = unsent
    ? null
    : { ...disjoined(cs), pendingExport: { operation: 'delete', changes: {} } };
  txn.cs.set(cs.id, next);
  txn.count('deprovisioned');
  txn.trace?.({
    kind: 'link',
    object: cs.id,
    mv: cs.link?.mv ?? '',
    action: 'deprovisioned',
    rule: cs.link?.provision,
  });
  if (!unsent) txn.trace?.({ kind: 'export', object: cs.id, operation: 'delete', changes: {}, unsupported: [] });
  return next;
}
