import { isRef, valuesOf, type Attributes } from '../attribute/value.js';
import type { CompiledRuleSet } from '../sync-rules/compiled-rule-set.js';
import type { CsObject, MvObject, SpaceView } from '../sync/model.js';

/** A store of objects in memory that answers every question of the engine at once; nothing is ever "not loaded". */
export class MemoryIndex implements SpaceView {
  readonly objects = new Map<string, CsObject>();
  readonly metaverse = new Map<string, MvObject>();
  plan: CompiledRuleSet;
  readonly #dns = new Map<string, string>();
  readonly #anchors = new Map<string, string>();
  readonly #mvKeys = new Map<string, Set<string>>();
  readonly #csKeys = new Map<string, Set<string>>();
  readonly #wants = new Map<string, Set<string>>();
  readonly #referrers = new Map<string, Set<string>>();

  constructor(plan: CompiledRuleSet) {
    this.plan = plan;
  }

  cs(id: string): CsObject | null {
    return this.objects.get(id) ?? null;
  }

  mv(id: string): MvObject | null {
    return this.metaverse.get(id) ?? null;
  }

  mvByKey(key: string): readonly string[] {
    return [...(this.#mvKeys.get(key) ?? [])];
  }

  csByKey(connector: string, key: string): readonly string[] {
    return [...(this.#csKeys.get(`${connector}\u0000${key}`) ?? [])];
  }

  csByDn(connector: string, dn: string): string | null {
    return this.#dns.get(dnKey(connector, dn)) ?? null;
  }

  csByAnchor(connector: string, anchor: string): string | null {
    return this.#anchors.get(anchorKey(connector, anchor)) ?? null;
  }

  isMember(connector: string, groupDn: string, id: string): boolean {
    const group = this.cs(this.csByDn(connector, groupDn) ?? '');
    return group !== null && valuesOf(group.imported['member']).some((one) => isRef(one) && one.ref === id);
  }

  /** Disconnectors that look for a metaverse join key. */
  seekers(key: string): readonly string[] {
    return [...(this.#wants.get(key) ?? [])];
  }

  /** Metaverse objects that refer to a metaverse object, or wait for a connector-space object. */
  referrers(id: string): readonly string[] {
    return [...(this.#referrers.get(id) ?? [])];
  }

  putCs(id: string, next: CsObject | null): void {
    const before = this.objects.get(id);
    if (before !== undefined) {
      const key = dnKey(before.connector, before.dn);
      if (this.#dns.get(key) === id) this.#dns.delete(key);
      const anchor = before.anchor === undefined ? undefined : anchorKey(before.connector, before.anchor);
      if (anchor !== undefined && this.#anchors.get(anchor) === id) this.#anchors.delete(anchor);
      for (const one of this.plan.csJoinKeys(before)) this.#csKeys.get(`${before.connector}\u0000${one}`)?.delete(id);
      for (const one of this.plan.csWants(before)) this.#wants.get(one)?.delete(id);
    }
    if (next === null) {
      this.objects.delete(id);
      return;
    }
    this.objects.set(id, next);
    this.#dns.set(dnKey(next.connector, next.dn), id);
    if (next.anchor !== undefined) this.#anchors.set(anchorKey(next.connector, next.anchor), id);
    for (const one of this.plan.csJoinKeys(next)) add(this.#csKeys, `${next.connector}\u0000${one}`, id);
    for (const one of this.plan.csWants(next)) add(this.#wants, one, id);
  }

  putMv(id: string, next: MvObject | null): void {
    const before = this.metaverse.get(id);
    if (before !== undefined) {
      for (const key of this.plan.mvJoinKeys(before)) this.#mvKeys.get(key)?.delete(id);
      for (const ref of [...referencedIds(before.attributes), ...before.waitsFor]) this.#referrers.get(ref)?.delete(id);
    }
    if (next === null) {
      this.metaverse.delete(id);
      return;
    }
    this.metaverse.set(id, next);
    for (const key of this.plan.mvJoinKeys(next)) add(this.#mvKeys, key, id);
    for (const ref of [...referencedIds(next.attributes), ...next.waitsFor]) add(this.#referrers, ref, id);
  }

  /** Builds every index anew for another rule set. */
  usePlan(plan: CompiledRuleSet): void {
    this.plan = plan;
    for (const index of [this.#dns, this.#anchors, this.#mvKeys, this.#csKeys, this.#wants, this.#referrers])
      index.clear();
    for (const [id, cs] of [...this.objects]) {
      this.objects.delete(id);
      this.putCs(id, cs);
    }
    for (const [id, mv] of [...this.metaverse]) {
      this.metaverse.delete(id);
      this.putMv(id, mv);
    }
  }
}

/** Ids that reference values point to. */
export function referencedIds(attributes: Attributes): readonly string[] {
  const ids: string[] = [];
  for (const value of Object.values(attributes)) for (const one of valuesOf(value)) if (isRef(one)) ids.push(one.ref);
  return ids;
}

function add(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key);
  if (ids === undefined) index.set(key, new Set([id]));
  else ids.add(id);
}

function anchorKey(connector: string, anchor: string): string {
  return `${connector}\u0000${anchor}`;
}

function dnKey(connector: string, dn: string): string {
  return `${connector}\u0000${dn.toLowerCase()}`;
}
