import type { Ref } from '../attribute/value.js';
import { acknowledgeExport } from '../connector-space/acknowledge-export.js';
import { acknowledgedImage, isUnsent } from '../connector-space/image.js';
import { stageImport, type ImportModification } from '../connector-space/stage-import.js';
import type { CompiledRuleSet } from '../sync-rules/compiled-rule-set.js';
import {
  SYNC_STATISTICS,
  type AttributeChanges,
  type CsObject,
  type MvObject,
  type Need,
  type SessionChanges,
  type SpaceView,
  type SyncObjectError,
  type SyncOutcome,
} from '../sync/model.js';
import { SyncSession } from '../sync/session.js';
import type { TraceSink } from '../sync/trace.js';
import { waitKeysOf } from '../sync/wait-key.js';
import { LateView } from './late-view.js';
import { MemoryIndex, referencedIds } from './memory-index.js';

export interface MemorySpaceOptions {
  readonly plan: CompiledRuleSet;
  readonly now?: (() => Date) | undefined;
  readonly random?: (() => number) | undefined;
  /** GUID text; by default counted up, so that a run can be repeated. */
  readonly newId?: (() => string) | undefined;
  /** Sessions know only what they asked for, and are asked again when it was loaded. */
  readonly loadsLate?: boolean | undefined;
}

export interface MemoryImport {
  readonly connector: string;
  readonly type: string;
  readonly anchor: string;
  readonly dn: string;
  readonly partition?: string | undefined;
  readonly mode?: 'whole' | 'delta' | undefined;
  readonly attributes: AttributeChanges;
}

export interface MemoryExportOptions {
  /** Error code for objects the directory refuses. */
  readonly refuse?: ((cs: CsObject) => string | undefined) | undefined;
  /** Import the result back; default true. */
  readonly confirm?: boolean | undefined;
  /** Attributes the directory adds or rewrites in what is imported back. */
  readonly rewrite?: ((cs: CsObject) => AttributeChanges) | undefined;
}

/** More passes over one synchronization than this mean that rules keep each other busy. */
const maximumPasses = 100;

/**
 * A whole synchronization system in memory: connector spaces, metaverse, and directories that accept exports. For
 * tests of rules; nothing is lost between steps and everything is repeatable.
 */
export class MemorySpace {
  readonly index: MemoryIndex;
  /** Present synchronization errors by connector-space or metaverse id. */
  readonly errors = new Map<string, SyncObjectError>();
  /** Present export errors (codes) by connector-space id. */
  readonly exportErrors = new Map<string, string>();
  readonly #options: MemorySpaceOptions;
  readonly #dirty = new Set<string>();
  #counter = 0;

  constructor(options: MemorySpaceOptions) {
    this.#options = options;
    this.index = new MemoryIndex(options.plan);
  }

  get plan(): CompiledRuleSet {
    return this.index.plan;
  }

  /** Switches to another rule set; every object is due. */
  usePlan(plan: CompiledRuleSet): void {
    this.index.usePlan(plan);
    this.markAll();
  }

  connectorSpace(connector: string): readonly CsObject[] {
    return [...this.index.objects.values()].filter((cs) => cs.connector === connector);
  }

  metaverse(): readonly MvObject[] {
    return [...this.index.metaverse.values()];
  }

  pendingExports(connector: string): readonly CsObject[] {
    return this.connectorSpace(connector).filter((cs) => cs.pendingExport !== undefined);
  }

  findByAnchor(connector: string, anchor: string): CsObject | undefined {
    return this.index.cs(this.index.csByAnchor(connector, anchor) ?? '') ?? undefined;
  }

  findByDn(connector: string, dn: string): CsObject | undefined {
    return this.index.cs(this.index.csByDn(connector, dn) ?? '') ?? undefined;
  }

  /** A reference to the object with this DN; a placeholder stands for it until it is imported. */
  reference(connector: string, dn: string): Ref {
    const known = this.index.csByDn(connector, dn);
    if (known !== null) return { ref: known, dn };
    const id = `${connector}|dn:${dn.toLowerCase()}`;
    this.index.putCs(id, {
      id,
      connector,
      type: '',
      dn,
      state: 'placeholder',
      imported: {},
      importedDelete: false,
      rules: [],
    });
    return { ref: id, dn };
  }

  /** Stages one object (architecture.md §3); it is due when anything changed. */
  importObject(change: MemoryImport): ImportModification {
    const { existing, id } = this.#place(change);
    const staged = stageImport(existing, { ...change, id, mode: change.mode ?? 'whole' }, { canRefute: true });
    this.#stage(id, staged.object, staged.modification !== 'none' || staged.refuted.length > 0);
    return staged.modification;
  }

  /** The directory reports that the object is gone. */
  importDelete(connector: string, anchor: string): void {
    const cs = this.findByAnchor(connector, anchor);
    if (cs !== undefined) this.#stage(cs.id, { ...cs, importedDelete: true }, true);
  }

  markAll(): void {
    for (const cs of this.index.objects.values()) if (cs.state !== 'placeholder') this.#dirty.add(cs.id);
  }

  /** Synchronizes everything that is due until nothing is; with `full` every object. Failed objects are tried again. */
  sync(options: { readonly full?: boolean | undefined } = {}): SessionChanges['statistics'] {
    if (options.full === true) this.markAll();
    for (const id of this.errors.keys()) this.#dirty.add(id);
    const totals: Record<string, number> = Object.fromEntries(SYNC_STATISTICS.map((name) => [name, 0]));
    const failed = new Set<string>();
    let changed = false;
    for (let pass = 0; this.#dirty.size > 0; pass++) {
      if (pass >= maximumPasses)
        throw new Error(`Synchronization does not settle: ${[...this.#dirty].join(', ')} stay due.`);
      changed = this.#pass(totals, failed) || changed;
      // An object that failed may succeed once others are through; without progress it waits for the next call.
      if (this.#dirty.size > 0 || !changed) continue;
      for (const id of failed) this.#dirty.add(id);
      changed = false;
    }
    return totals as SessionChanges['statistics'];
  }

  /** Decides one object again without keeping the result. */
  preview(csId: string, trace?: TraceSink): { readonly outcome: SyncOutcome; readonly changes: SessionChanges } {
    const session = this.#session(trace);
    const outcome = session.synchronize(csId);
    return { outcome, changes: session.changes() };
  }

  /** Sends every pending export; deletes go first, as successors wait for them. */
  export(connector: string, options: MemoryExportOptions = {}): void {
    const pending = this.pendingExports(connector);
    const deletes = pending.filter((cs) => cs.pendingExport?.operation === 'delete');
    const others = pending.filter((cs) => cs.pendingExport?.operation !== 'delete');
    for (const cs of [...deletes, ...others]) this.#exportOne(cs, options);
  }

  #exportOne(cs: CsObject, options: MemoryExportOptions): void {
    const { pendingExport } = cs;
    if (pendingExport === undefined) return;
    const refusal = options.refuse?.(cs);
    if (refusal !== undefined) {
      this.exportErrors.set(cs.id, refusal);
      return;
    }
    this.exportErrors.delete(cs.id);
    const anchor = cs.anchor ?? this.#newId();
    const { object, retry } = acknowledgeExport(cs, { ...pendingExport, anchor });
    this.index.putCs(cs.id, object);
    if (retry !== undefined) this.#dirtyMetaverse(retry);
    if (object !== null && options.confirm !== false) this.confirm(object, options.rewrite);
  }

  /** Imports an exported object back as the directory holds it. */
  confirm(cs: CsObject, rewrite?: MemoryExportOptions['rewrite']): void {
    const attributes: AttributeChanges = { ...acknowledgedImage(cs), ...rewrite?.(cs) };
    const change = { ...cs, anchor: cs.anchor ?? this.#newId(), mode: 'whole' as const, attributes };
    const staged = stageImport(cs, change, { canRefute: true });
    this.#stage(cs.id, staged.object, staged.modification !== 'none' || staged.refuted.length > 0);
  }

  /** The row an imported object goes to: by anchor, else by DN when that one has no anchor yet (architecture.md §3). */
  #place(change: MemoryImport): { readonly existing: CsObject | undefined; readonly id: string } {
    const known = this.findByAnchor(change.connector, change.anchor);
    if (known !== undefined) return { existing: known, id: known.id };
    const byDn = this.findByDn(change.connector, change.dn);
    if (byDn === undefined || byDn.anchor !== undefined)
      return { existing: undefined, id: `${change.connector}|${change.anchor}` };
    if (byDn.state === 'placeholder') return { existing: undefined, id: byDn.id };
    if (!isUnsent(byDn)) return { existing: byDn, id: byDn.id };
    this.#dropExport(byDn);
    return { existing: undefined, id: `${change.connector}|${change.anchor}` };
  }

  /** A pending add whose object turned up by itself: its metaverse object provisions, and therefore joins, again. */
  #dropExport(cs: CsObject): void {
    this.index.putCs(cs.id, null);
    const mv = cs.link === undefined ? null : this.index.mv(cs.link.mv);
    if (mv === null) return;
    this.index.putMv(mv.id, { ...mv, links: mv.links.filter((link) => link.cs !== cs.id) });
    this.#dirtyMetaverse(mv.id);
  }

  #stage(id: string, next: CsObject, due: boolean): void {
    const before = this.index.cs(id);
    this.index.putCs(id, next);
    if (!due) return;
    this.#dirty.add(id);
    // Group filters look at membership: whoever is or was referred to may enter or leave scope.
    const referred = new Set([...referencedIds(before?.imported ?? {}), ...referencedIds(next.imported)]);
    for (const ref of referred) if (this.index.cs(ref)?.state === 'imported') this.#dirty.add(ref);
  }

  /** One session over everything due; true when it changed anything. */
  #pass(totals: Record<string, number>, failed: Set<string>): boolean {
    const due = [...this.#dirty];
    this.#dirty.clear();
    const late = this.#options.loadsLate === true ? new LateView(this.index) : undefined;
    const session = this.#session(undefined, late);
    for (let open = due; open.length > 0;) {
      const again: string[] = [];
      const needs: Need[] = [];
      for (const id of open) {
        const outcome = this.index.objects.has(id) ? session.synchronize(id) : session.synchronizeMetaverse(id);
        if (outcome.status === 'needs') {
          if (late === undefined)
            throw new Error(`The engine needs ${JSON.stringify(outcome.needs)}, which is not in memory.`);
          needs.push(...outcome.needs);
          again.push(id);
          continue;
        }
        this.errors.delete(id);
        failed.delete(id);
        if (outcome.status === 'error') {
          this.errors.set(id, outcome.error);
          failed.add(id);
        }
      }
      late?.load(needs);
      open = again;
    }
    const changes = session.changes();
    for (const [name, count] of Object.entries(changes.statistics)) totals[name] = (totals[name] ?? 0) + count;
    this.#apply(changes);
    return changes.cs.size + changes.mv.size > 0;
  }

  #apply(changes: SessionChanges): void {
    const before = new Map([...changes.cs.keys()].map((id) => [id, this.index.cs(id)]));
    const keys = new Map([...changes.mv.keys()].map((id) => [id, this.#keysOf(id)]));
    for (const [id, next] of changes.cs) this.index.putCs(id, next);
    for (const [id, next] of changes.mv) this.index.putMv(id, next);
    for (const id of changes.due) this.#dirty.add(id);
    for (const [id, old] of keys) this.#wakeSeekers(new Set(old), new Set(this.#keysOf(id)));
    for (const [id, old] of before) this.#markReferrers(id, old);
  }

  /** A join key that appeared may have a disconnector that waits for it; one that went may have made another unique. */
  #wakeSeekers(before: ReadonlySet<string>, now: ReadonlySet<string>): void {
    const moved = [...before].filter((key) => !now.has(key)).concat([...now].filter((key) => !before.has(key)));
    for (const key of moved) for (const id of this.index.seekers(key)) this.#dirty.add(id);
  }

  /** Who refers to an object whose link changed has to be decided again. */
  #markReferrers(id: string, before: CsObject | null): void {
    const now = this.index.cs(id)?.link?.mv;
    if (before?.link?.mv === now) return;
    const cs = this.index.cs(id) ?? before;
    const changed = [...(cs === null ? [id] : waitKeysOf(cs)), before?.link?.mv, now].filter(
      (one) => one !== undefined,
    );
    for (const one of changed) for (const mv of this.index.referrers(one)) this.#dirtyMetaverse(mv);
  }

  #dirtyMetaverse(id: string): void {
    if (this.index.mv(id) !== null) this.#dirty.add(id);
  }

  #keysOf(mvId: string): readonly string[] {
    const mv = this.index.mv(mvId);
    return mv === null ? [] : this.plan.mvJoinKeys(mv);
  }

  #session(trace?: TraceSink, view: SpaceView = this.index): SyncSession {
    const { now, random } = this.#options;
    return new SyncSession({
      plan: this.plan,
      view,
      now: now?.() ?? new Date(0),
      random: random ?? (() => 0.5),
      newId: () => this.#newId(),
      trace,
    });
  }

  #newId(): string {
    if (this.#options.newId !== undefined) return this.#options.newId();
    this.#counter++;
    return `00000000-0000-4000-8000-${this.#counter.toString(16).padStart(12, '0')}`;
  }
}
