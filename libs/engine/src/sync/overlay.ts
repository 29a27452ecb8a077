import type { CompiledRuleSet } from '../sync-rules/compiled-rule-set.js';
import type { CsObject, MvObject, SpaceView } from './model.js';

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
    for (const [id, next] of cs) {
      this.#indexCs(id, this.getCs(id) ?? null, next);
      this.cs.set(id, next);
    }
    for (const [id, next] of mv) {
      if (next !== null) for (const key of this.#plan.mvJoinKeys(next)) add(this.#mvByKey, key, id);
      this.mv.set(id, next);
    }
  }

  #indexCs(id: string, before: CsObject | null, next: CsObject | null): void {
    if (before?.dn !== next?.dn) this.#indexDn(id, before, next);
    if (next !== null && next.link === undefined && before?.link !== undefined) {
      let byKey = this.#csByKey.get(next.connector);
      if (byKey === undefined) this.#csByKey.set(next.connector, (byKey = new Map()));
      for (const key of this.#plan.csJoinKeys(next)) add(byKey, key, id);
    }
  }

  #indexDn(id: string, before: CsObject | null, next: CsObject | null): void {
    if (before !== null && this.csByDn(before.connector, before.dn) === id)
      this.#dns(before.connector).set(before.dn.toLowerCase(), null);
    if (next !== null) this.#dns(next.connector).set(next.dn.toLowerCase(), id);
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
