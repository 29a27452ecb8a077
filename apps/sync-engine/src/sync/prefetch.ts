import { isRef, valuesOf, type Attributes, type CompiledRuleSet, type Need } from '@adjoin/engine';
import type { ChunkView, CsDocument } from '@adjoin/spaces';

/**
 * Loads what the objects of a chunk will need, as far as it is known without asking the engine: every time it has to say what it misses, the
 * object is decided once more. Step by step: their metaverse objects, or the candidates for a join; what they and the objects linked to the same
 * metaverse objects refer to; the metaverse objects of these.
 */
export async function prefetch(due: readonly CsDocument[], view: ChunkView, plan: CompiledRuleSet): Promise<void> {
  view.addCs(due);
  await view.load(due.flatMap((document) => ownNeeds(document, view, plan)));
  await view.load([...referencesIn(view)].map((id) => ({ kind: 'cs', id })));
  await view.load([...metaverseOf(view)].map((id) => ({ kind: 'mv', id })));
}

function ownNeeds(document: CsDocument, view: ChunkView, plan: CompiledRuleSet): readonly Need[] {
  if (document.state === 'placeholder') return [];
  if (document.link !== undefined) return [{ kind: 'mv', id: document.link.mv }];
  const object = view.cs(document._id);
  return object === null || object === undefined ? [] : plan.searchKeys(object).map((key) => ({ kind: 'mv-key', key }));
}

/** Connector-space ids that the imported reference attributes of an object name. */
export function referencesOf({ imported }: Pick<CsDocument, 'imported'>): readonly string[] {
  const ids = new Set<string>();
  addReferences(ids, imported);
  return [...ids];
}

/** Connector-space ids that reference attributes of what is loaded name. */
function referencesIn(view: ChunkView): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const document of view.csDocuments.values()) {
    if (document === null) continue;
    addReferences(ids, document.imported);
    addReferences(ids, document.unconfirmed?.changes);
    addReferences(ids, document.pendingExport?.changes);
  }
  return ids;
}

function addReferences(
  ids: Set<string>,
  values: Attributes | NonNullable<CsDocument['pendingExport']>['changes'] | undefined,
): void {
  for (const name in values) {
    const value = values[name];
    if (typeof value !== 'object' || value === null) continue;
    // A DN that a rule made is looked for by its text, when the rule asks.
    for (const one of valuesOf(value)) if (isRef(one) && !one.ref.startsWith('dn:')) ids.add(one.ref);
  }
}

function metaverseOf(view: ChunkView): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const document of view.csDocuments.values()) if (document?.link !== undefined) ids.add(document.link.mv);
  for (const document of view.mvDocuments.values()) for (const id of document?.refs ?? []) ids.add(id);
  return ids;
}
