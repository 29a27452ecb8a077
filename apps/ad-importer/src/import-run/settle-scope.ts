import { CONTAINER, IMPORTED_CLASSES } from '@adjoin/ad-ldap';
import type { PageRest } from './delta-entry.js';
import type { ImportContext } from './import-context.js';
import { publishDelete, readByGuid, readSubtree } from './object-reader.js';

/** Decides about scope with the directory as it is now, never with the page's view of it. */
export async function settle(context: ImportContext, rest: PageRest): Promise<void> {
  if (rest.movedContainers.size > 0) await context.refreshScope();
  const relevant = [...rest.candidates]
    .filter(([guid, dn]) => rest.newContainers.has(guid) || isRelevant(context, guid, dn))
    .map(([guid]) => guid);
  const inScopeBefore = new Map(relevant.map((guid) => [guid, context.index.get(guid)?.inScope === true]));
  await readByGuid(context, relevant, { reportAbsent: false });
  const entered = new Set(
    relevant.filter((guid) => inScopeBefore.get(guid) === false && isContainerInScope(context, guid)),
  );
  await settleContainers(context, rest.movedContainers, entered);
}

/** What lies below containers that stand elsewhere now or that entered the scope; `entered` grows by those found on the way. */
export async function settleContainers(
  context: ImportContext,
  moved: ReadonlySet<string>,
  entered: Set<string>,
): Promise<void> {
  if (context.scope.isWholeDomain) return;
  for (const container of moved) await settleKnownBelow(context, container, entered);
  for (const container of entered) {
    const dn = context.index.dnOf(container);
    if (dn !== undefined) await readSubtree(context, dn, IMPORTED_CLASSES);
  }
}

/** Of objects out of scope only containers and those that the index has in scope need a read. */
function isRelevant(context: ImportContext, guid: string, dn: string): boolean {
  const known = context.index.get(guid);
  return known !== undefined || context.scope.includes(dn) || context.scope.isPlaceholder(dn);
}

export const isContainerInScope = (context: ImportContext, guid: string): boolean => {
  const known = context.index.get(guid);
  return known?.type === CONTAINER && known.inScope;
};

/** A container stands elsewhere now: objects below it may have left the scope; containers below it may have entered it. */
async function settleKnownBelow(context: ImportContext, container: string, entered: Set<string>): Promise<void> {
  const astray: string[] = [];
  for (const guid of context.index.descendants(container)) {
    const dn = context.index.dnOf(guid);
    const known = context.index.get(guid);
    if (known === undefined) continue;
    if (dn === undefined) {
      astray.push(guid);
      continue;
    }
    const isContainer = known.type === CONTAINER;
    const inScope = context.scope.includes(dn) || (isContainer && context.scope.isPlaceholder(dn));
    if (inScope === known.inScope) continue;
    if (inScope) {
      entered.add(guid);
      continue;
    }
    await publishDelete(context, guid, 'left-scope');
    if (isContainer) context.index.set(guid, { ...known, inScope: false });
    else context.index.delete(guid);
  }
  // A container above is not known: the directory says where these stand.
  await readByGuid(context, astray, { reportAbsent: false });
}
