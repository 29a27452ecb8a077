import type { CompiledRuleSet } from '../sync-rules/compiled-rule-set.js';
import type { CsObject, MvObject, SpaceView } from './model.js';

/** Names of what a decision reads, see {@link Overlay.isNewer}. */
export const READ = {
  cs: (id: string): string => `c${id}`,
  mv: (id: string): string => `m${id}`,
  mvKey: (key: string): string => `j${key}`,
  csKey: (connector: string, key: string): string => `k${connector}|${key}`,
  dn: (connector: string, dn: string): string => `d${connector}|${dn.toLowerCase()}`,
} as const;

/**
 * What earlier objects of a session decided, laid over the stored state. Indexes only ever add candidates; whether a
 * candidate still matches is decided on the object itself, so stale entries do no harm.
 */
export class Overlay {
  readonly cs = new Map<string, CsObject | null>();
  readonly mv = new Map<string, MvObject | null>();
  readonly due = new Set<string>();
  readonly #mvByKey = new Map<string, Set<string>>();
  readonly #csByKey = new Map<string, Map<string, Set<string>>>();
  readonly #csByDn = new Map<string, Map<string, string | null>>();
  readonly #view: SpaceView;
  readonly #plan: CompiledRuleSet;
  /** Number of results taken over so far, and the number at which something was last changed by one. */
  #clock = 0;
  readonly #changed = new Map<string, number>();

  constructor(view: SpaceView, plan: CompiledRuleSet) {
    this.#view = view;
    this.#plan = plan;
  }

  getCs(id: string): CsObject | null | undefined {
    const own = this.cs.get(id);
    return own === undefined ? this.#view.cs(id) : own;
  }

  getMv(id: string): MvObject | null | undefined {
    const own = this.mv.get(id);
    return own === undefined ? this.#view.mv(id) : own;
  }

  mvByKey(key: string): readonly string[] | undefined {
    return merged(this.#view.mvByKey(key), this.#mvByKey.get(key));
  }

  csByKey(connector: string, key: string): readonly string[] | undefined {
    return merged(this.#view.csByKey(connector, key), this.#csByKey.get(connector)?.get(key));
  }

  csByDn(connector: string, dn: string): string | null | undefined {
    const own = this.#csByDn.get(connector)?.get(dn.toLowerCase());
    return own === undefined ? this.#view.csByDn(connector, dn) : own;
  }

  isMember(connector: string, groupDn: string, id: string): boolean | null | undefined {
    return this.#view.isMember(connector, groupDn, id);
  }

  /** Takes over the results of one object. */
  commit(cs: ReadonlyMap<string, CsObject | null>, mv: ReadonlyMap<string, MvObject | null>): void {
    this.#clock += 1;
    for (const [id, next] of cs) {
      this.#indexCs(id, this.getCs(id) ?? null, next);
      this.cs.set(id, next);
      this.#touch(READ.cs(id));
    }
    for (const [id, next] of mv) {
      if (next !== null) {
        for (const key of this.#plan.mvJoinKeys(next)) {
          add(this.#mvByKey, key, id);
          this.#touch(READ.mvKey(key));
        }
      }
      this.mv.set(id, next);
      this.#touch(READ.mv(id));
    }
  }

  /** A moment to compare with: results taken over later are newer. */
  get clock(): number {
    return this.#clock;
  }

  /** Whether a result that is newer than `clock` concerns one of the reads. */
  isNewer(reads: ReadonlySet<string>, clock: number): boolean {
    if (clock === this.#clock) return false;
    for (const read of reads) if ((this.#changed.get(read) ?? 0) > clock) return true;
    return false;
  }

  #touch(read: string): void {
    this.#changed.set(read, this.#clock);
  }

  #indexCs(id: string, before: CsObject | null, next: CsObject | null): void {
    if (before?.dn !== next?.dn) this.#indexDn(id, before, next);
    if (next !== null && next.link === undefined && before?.link !== undefined) {
      let byKey = this.#csByKey.get(next.connector);
      if (byKey === undefined) this.#csByKey.set(next.connector, (byKey = new Map()));
      for (const key of this.#plan.csJoinKeys(next)) {
        add(byKey, key, id);
        this.#touch(READ.csKey(next.connector, key));
      }
    }
  }

  #indexDn(id: string, before: CsObject | null, next: CsObject | null): void {
    if (before !== null && this.csByDn(before.connector, before.dn) === id) {
      this.#dns(before.connector).set(before.dn.toLowerCase(), null);
      this.#touch(READ.dn(before.connector, before.dn));
    }
    if (next !== null) {
      this.#dns(next.connector).set(next.dn.toLowerCase(), id);
      this.#touch(READ.dn(next.connector, next.dn));
    }
  }

  #dns(connector: string): Map<string, string | null> {
    let dns = this.#csByDn.get(connector);
    if (dns === undefined) this.#csByDn.set(connector, (dns = new Map()));
    return dns;
  }
}

function add(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key);
  if (ids === undefined) index.set(key, new Set([id]));
  else ids.add(id);
}

function merged(
  stored: readonly string[] | undefined,
  own: ReadonlySet<string> | undefined,
): readonly string[] | undefined {
  if (stored === undefined || own === undefined) return stored;
  return stored.length === 0 ? [...own] : [...new Set([...stored, ...own])];
}
