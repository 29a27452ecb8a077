import { dnKey, parentDn, rdnOf } from './dn.js';

/** Containers named in the configuration, by the DN they have now. */
export interface ScopeLists {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** Containers whose answer is remembered: siblings follow each other in a read. */
const REMEMBERED = 10_000;

/**
 * Decides by the nearest listed ancestor (spec engine/filtering §4). With no inclusion the head of the domain is included.
 * Pure; DNs are compared without regard to case and spacing.
 */
export class ContainerScope {
  readonly #listed: ReadonlyMap<string, boolean>;
  readonly #ancestorsOfIncluded: ReadonlySet<string>;
  /** First parts of the listed names: an object with another one is decided by its container. */
  readonly #listedRdns: ReadonlySet<string>;
  readonly #ofContainer = new Map<string, boolean>();

  constructor(partition: string, lists: ScopeLists) {
    const listed = new Map<string, boolean>();
    if (lists.include.length === 0) listed.set(dnKey(partition), true);
    for (const dn of lists.include) listed.set(dnKey(dn), true);
    for (const dn of lists.exclude) listed.set(dnKey(dn), false);
    this.#listed = listed;
    this.#listedRdns = new Set([...listed.keys()].map((key) => rdnOf(key)));
    this.#ancestorsOfIncluded = new Set(lists.include.flatMap((dn) => ancestorKeys(dnKey(dn))));
  }

  /** Everything in the domain is in scope: moves can never change it. */
  get isWholeDomain(): boolean {
    return this.#listed.size === 1 && [...this.#listed.values()].every(Boolean) && this.#ancestorsOfIncluded.size === 0;
  }

  includes(dn: string): boolean {
    if (this.#listedRdns.has(dnKey(rdnOf(dn)))) return this.#nearest(dnKey(dn));
    const container = parentDn(dn);
    const known = this.#ofContainer.get(container);
    if (known !== undefined) return known;
    if (this.#ofContainer.size >= REMEMBERED) this.#ofContainer.clear();
    const verdict = this.#nearest(dnKey(container));
    this.#ofContainer.set(container, verdict);
    return verdict;
  }

  #nearest(dn: string): boolean {
    for (let key = dn; key !== ''; key = parentKey(key)) {
      const verdict = this.#listed.get(key);
      if (verdict !== undefined) return verdict;
    }
    return false;
  }

  /** Containers above an inclusion are needed as placeholders only. */
  isPlaceholder(dn: string): boolean {
    return this.#ancestorsOfIncluded.has(dnKey(dn));
  }
}

/** Keys have their commas escaped with a backslash, so the first bare one ends the first part. */
function parentKey(key: string): string {
  const cut = /(?<!\\)(?:\\\\)*,/.exec(key);
  return cut === null ? '' : key.slice(cut.index + cut[0].length);
}

function ancestorKeys(key: string): string[] {
  const keys: string[] = [];
  for (let up = parentKey(key); up !== ''; up = parentKey(up)) keys.push(up);
  return keys;
}
