import type { ClientSession } from '@adjoin/shared';
import type { CsDocument } from '@adjoin/spaces';
import type { TouchedEdge } from '../edges/source-edges.js';
import { scopeGroupKey } from '../rules/scope-groups.js';
import type { Store } from '../store.js';

export interface StagedGroups {
  readonly staged: Iterable<{ readonly document: CsDocument; readonly before: CsDocument | undefined }>;
  readonly touched: readonly TouchedEdge[];
  /** Groups whose members scopes ask for. */
  readonly groups: ReadonlySet<string>;
}

/**
 * Objects whose scope depends on a group become due with it: the members that came or went; everything of the connector when the group itself
 * appears, since until then nothing could be decided.
 */
export async function wakeScopeMembers(
  store: Store,
  session: ClientSession,
  { staged, touched, groups }: StagedGroups,
): Promise<void> {
  if (groups.size === 0) return;
  const due = { $set: { dirtyAt: new Date(), dirtyReason: 'import' as const } };
  for (const { document, before } of staged) {
    const { connector } = document;
    if (document.type !== 'group' || !groups.has(scopeGroupKey(connector, document.dn))) continue;
    const appeared = before === undefined || before.importedDelete || before.dn !== document.dn;
    const members = touched.filter(({ g, a }) => g === document._id && a === 'member').map(({ t }) => t);
    const which = appeared ? { state: { $ne: 'placeholder' as const } } : { _id: { $in: members } };
    if (appeared || members.length > 0) await store.cs.updateMany({ connector, ...which }, due, { session });
  }
}
