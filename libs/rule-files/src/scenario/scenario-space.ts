import {
  isRef,
  SyncSession,
  valuesOf,
  waitKeysOf,
  type CompiledRuleSet,
  type CsObject,
  type MvObject,
  type SessionChanges,
  type SpaceView,
  type SyncObjectError,
  type SyncOutcome,
} from '@adjoin/engine';
import type { ScenarioServices } from './services.js';

/** Rounds of a synchronization step after which objects that keep making each other due are reported. */
const MAX_DECISIONS_PER_OBJECT = 50;

/**
 * Connector spaces and metaverse of one scenario in memory. Everything is found by looking at all objects, which is
 * fast enough for the handful of objects a scenario has and cannot disagree with an index.
 */
export class ScenarioSpace implements SpaceView {
  readonly objects = new Map<string, CsObject>();
  readonly metaverse = new Map<string, MvObject>();
  /** Synchronization errors present now, by connector-space id. */
  readonly errors = new Map<string, SyncObjectError>();
  readonly #dueCs = new Set<string>();
  readonly #dueMv = new Set<string>();
  readonly #plan: CompiledRuleSet;
  readonly #services: ScenarioServices;
  readonly #usesMembership: boolean;

  constructor(plan: CompiledRuleSet, services: ScenarioServices) {
    this.#plan = plan;
    this.#services = services;
    this.#usesMembership = plan.ruleSet.rules.some(
      (rule) => !rule.disabled && rule.scope.flat().some(({ operator }) => operator.endsWith('MEMBEROF')),
    );
  }

  cs(id: string): CsObject | null {
    return this.objects.get(id) ?? null;
  }

  mv(id: string): MvObject | null {
    return this.metaverse.get(id) ?? null;
  }

  mvByKey(key: string): readonly string[] {
    return [...this.metaverse.values()].filter((mv) => this.#plan.mvJoinKeys(mv).includes(key)).map(({ id }) => id);
  }

  csByKey(connector: string, key: string): readonly string[] {
    return this.in(connector)
      .filter((cs) => cs.link === undefined && this.#plan.csJoinKeys(cs).includes(key))
      .map(({ id }) => id);
  }

  csByDn(connector: string, dn: string): string | null {
    const lower = dn.toLowerCase();
    return this.in(connector).find((cs) => cs.dn.toLowerCase() === lower)?.id ?? null;
  }

  isMember(connector: string, groupDn: string, id: string): boolean {
    const group = this.objects.get(this.csByDn(connector, groupDn) ?? '');
    return (
      group !== undefined &&
      !group.importedDelete &&
      valuesOf(group.imported['member']).some((value) => isRef(value) && value.ref === id)
    );
  }

  in(connector: string): CsObject[] {
    return [...this.objects.values()].filter((cs) => cs.connector === connector);
  }

  /** Stores what an import or an export did to an object and makes it due. */
  put(cs: CsObject): void {
    this.objects.set(cs.id, cs);
    if (cs.state === 'placeholder') return;
    this.#dueCs.add(cs.id);
    // Membership in a filter group can change with any group, and the group does not know who asks.
    if (this.#usesMembership && cs.imported['member'] !== undefined)
      for (const other of this.in(cs.connector)) this.#dueCs.add(other.id);
  }

  /** Removes an object after its acknowledged delete; `retry` is the metaverse object that has to be provisioned again. */
  remove(id: string, retry: string | undefined): void {
    this.objects.delete(id);
    this.errors.delete(id);
    if (retry !== undefined) this.#dueMv.add(retry);
  }

  /** Removes a pending add whose object turned up by itself: its metaverse object provisions, and therefore joins, again. */
  dropUnsent(cs: CsObject): void {
    this.objects.delete(cs.id);
    const mv = this.metaverse.get(cs.link?.mv ?? '');
    if (mv === undefined) return;
    this.metaverse.set(mv.id, { ...mv, links: mv.links.filter((link) => link.cs !== cs.id) });
    this.#dueMv.add(mv.id);
  }

  synchronize(mode: 'delta' | 'full'): void {
    if (mode === 'full') {
      for (const cs of this.objects.values()) if (cs.state !== 'placeholder') this.#dueCs.add(cs.id);
      for (const id of this.metaverse.keys()) this.#dueMv.add(id);
    }
    // An object that failed may succeed once others are through.
    for (
      let failed = Number.MAX_SAFE_INTEGER, rounds = 0;
      rounds === 0 || (this.errors.size > 0 && this.errors.size < failed);
      rounds++
    ) {
      if (rounds > 0) failed = this.errors.size;
      for (const id of this.errors.keys()) this.#dueCs.add(id);
      this.#settle();
    }
  }

  #settle(): void {
    const decisions = new Map<string, number>();
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const count = (decisions.get(next.id) ?? 0) + 1;
      decisions.set(next.id, count);
      if (count > MAX_DECISIONS_PER_OBJECT) throw new Error(`The synchronization of ${next.id} does not come to rest.`);
      this.#decide(next);
    }
  }

  #next(): { readonly kind: 'cs' | 'mv'; readonly id: string } | undefined {
    const due = [...this.#dueCs].map((id) => this.objects.get(id)).filter((cs) => cs !== undefined);
    const [first] = due.sort((a, b) => this.#plan.orderOf(a.connector) - this.#plan.orderOf(b.connector));
    if (first !== undefined) {
      this.#dueCs.delete(first.id);
      return { kind: 'cs', id: first.id };
    }
    this.#dueCs.clear();
    for (const id of this.#dueMv) {
      this.#dueMv.delete(id);
      if (this.metaverse.has(id)) return { kind: 'mv', id };
    }
    return undefined;
  }

  #decide({ kind, id }: { readonly kind: 'cs' | 'mv'; readonly id: string }): void {
    const session = new SyncSession({ plan: this.#plan, view: this, ...this.#services });
    const outcome: SyncOutcome = kind === 'cs' ? session.synchronize(id) : session.synchronizeMetaverse(id);
    const holder = kind === 'cs' ? id : this.#sourceOf(id);
    if (outcome.status === 'error') {
      if (holder !== undefined) this.errors.set(holder, outcome.error);
      return;
    }
    if (outcome.status === 'needs')
      throw new Error(`The engine asks for data that the scenario has loaded: ${JSON.stringify(outcome.needs)}`);
    if (holder !== undefined) this.errors.delete(holder);
    this.#store(session.changes());
  }

  /** The object under which an error of a metaverse object is listed: its first source. */
  #sourceOf(mvId: string): string | undefined {
    const links = [...(this.metaverse.get(mvId)?.links ?? [])];
    return links.sort((a, b) => this.#plan.orderOf(a.connector) - this.#plan.orderOf(b.connector))[0]?.cs;
  }

  #store(changes: SessionChanges): void {
    const relinked = new Set<string>();
    for (const [id, cs] of changes.cs) {
      const before = this.objects.get(id);
      const known = cs ?? before;
      if (known !== undefined && before?.link?.mv !== cs?.link?.mv)
        for (const key of waitKeysOf(known)) relinked.add(key);
      if (cs === null) this.remove(id, undefined);
      else this.objects.set(id, cs);
    }
    const newKeys = new Set<string>();
    const movedMv = new Set<string>();
    for (const [id, mv] of changes.mv) {
      const before = this.metaverse.get(id);
      const known = new Set(before === undefined ? [] : this.#plan.mvJoinKeys(before));
      if (mv === null) this.metaverse.delete(id);
      else this.metaverse.set(id, mv);
      for (const key of mv === null ? known : this.#plan.mvJoinKeys(mv))
        if (mv === null || !known.has(key)) newKeys.add(key);
      if (JSON.stringify(before?.links) !== JSON.stringify(mv?.links)) movedMv.add(id);
    }
    for (const id of changes.due) this.#dueCs.add(id);
    this.#wakeDisconnectors(newKeys);
    this.#wakeReferrers(relinked, movedMv);
  }

  /** Disjoined objects that look for a key which a metaverse object gained (or gave free). */
  #wakeDisconnectors(keys: ReadonlySet<string>): void {
    if (keys.size === 0) return;
    for (const cs of this.objects.values())
      if (this.#plan.csWants(cs).some((key) => keys.has(key))) this.#dueCs.add(cs.id);
  }

  /** Metaverse objects whose references can be resolved now, or whose referenced objects came to or left a target. */
  #wakeReferrers(relinked: ReadonlySet<string>, moved: ReadonlySet<string>): void {
    if (relinked.size === 0 && moved.size === 0) return;
    for (const mv of this.metaverse.values()) {
      const waits = mv.waitsFor.some((id) => relinked.has(id));
      const refers = Object.values(mv.attributes).some((value) =>
        valuesOf(value).some((one) => isRef(one) && moved.has(one.ref)),
      );
      if (waits || refers) this.#dueMv.add(mv.id);
    }
  }
}
