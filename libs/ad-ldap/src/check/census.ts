import type { LdapConnection } from '../connection/ldap-connection.js';
import { rawAttribute, rawText } from '../connection/raw-entry.js';
import { pagedSearch } from '../directory/paged-search.js';
import { sameDn, splitDn } from '../names/dn.js';
import { CONTAINER, IMPORTED_CLASSES, objectTypeOf } from '../objects/object-type.js';

/** How many objects there are, by type, and by the top container that holds them. */
export interface Census {
  /** Objects of imported types; containers and critical system objects, which are never synchronized, are counted apart. */
  readonly objects: number;
  readonly containers: number;
  readonly systemObjects: number;
  readonly byType: Readonly<Record<string, number>>;
  /** Those of the types and containers that the connector selects. */
  readonly inScope: Readonly<Record<string, number>>;
  /** Largest first. */
  readonly byContainer: readonly { readonly dn: string; readonly objects: number }[];
  /** Duration of the read, seconds. */
  readonly seconds: number;
}

/** Reads the classes of every object of a domain, page by page. */
export async function readCensus(
  connection: LdapConnection,
  options: { readonly domain: string; readonly isInScope: (dn: string, type: string) => boolean },
  signal?: AbortSignal,
): Promise<Census> {
  const started = performance.now();
  const byType = new Map<string, number>();
  const inScope = new Map<string, number>();
  const byContainer = new Map<string, number>();
  let [objects, containers, systemObjects] = [0, 0, 0];
  await pagedSearch(
    connection,
    { base: options.domain, filter: IMPORTED_CLASSES, attributes: ['objectClass', 'isCriticalSystemObject'] },
    (entry) => {
      const type = objectTypeOf(
        (rawAttribute(entry, 'objectClass')?.values ?? []).map((value) => value.toString('utf8')),
      );
      if (type === undefined) return;
      if (type === CONTAINER) containers += 1;
      else if (rawText(entry, 'isCriticalSystemObject') === 'TRUE') systemObjects += 1;
      else {
        objects += 1;
        count(byType, type);
        count(byContainer, topContainer(entry.dn, options.domain));
        if (options.isInScope(entry.dn, type)) count(inScope, type);
      }
    },
    signal,
  );
  return {
    objects,
    containers,
    systemObjects,
    byType: Object.fromEntries(byType),
    inScope: Object.fromEntries(inScope),
    byContainer: [...byContainer]
      .map(([dn, number]) => ({ dn, objects: number }))
      .sort((a, b) => b.objects - a.objects || a.dn.localeCompare(b.dn)),
    seconds: (performance.now() - started) / 1000,
  };
}

const count = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);

/** The container directly below the head of the domain. */
function topContainer(dn: string, domain: string): string {
  const parts = splitDn(dn);
  const depth = parts.length - splitDn(domain).length;
  const container = parts.slice(Math.max(0, depth - 1)).join(',');
  return depth <= 1 || sameDn(container, dn) ? domain : container;
}
