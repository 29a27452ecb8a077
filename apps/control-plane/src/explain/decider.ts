import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  SyncSession,
  type CompiledRuleSet,
  type CsObject,
  type MvObject,
  type SessionChanges,
  type SpaceView,
  type SyncObjectError,
  type TraceEvent,
} from '@adjoin/engine';
import type { MongoHandle } from '@adjoin/shared';
import { ChunkView, spaceCollections } from '@adjoin/spaces';
import { CLOCK, MONGO, type Clock } from '../ports.js';
import { ActivePlan } from './active-plan.js';
import { DetachedView } from './detached-view.js';

/** More rounds of loading than this mean that the engine asks in circles. */
const MAX_ROUNDS = 12;

/** What is decided: a connector-space object with its metaverse object, or a metaverse object that nothing is joined to. */
export type Subject = { readonly cs: string } | { readonly mv: string };

/** A decision that was made and thrown away. */
export interface Decision {
  readonly plan: CompiledRuleSet;
  readonly events: readonly TraceEvent[];
  readonly error: SyncObjectError | undefined;
  readonly changes: SessionChanges;
  readonly before: SpaceView;
  /** An object as it would be stored; null when it would be removed. */
  cs(id: string): CsObject | null | undefined;
  mv(id: string): MvObject | null | undefined;
}

/** Opens one snapshot of the stored spaces and decides objects over it; nothing is written. */
@Injectable()
export class Decider {
  constructor(
    @Inject(MONGO) private readonly mongo: MongoHandle,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ActivePlan) private readonly rules: ActivePlan,
  ) {}

  async over<T>(work: (decide: Decide) => Promise<T>): Promise<T> {
    const plan = await this.rules.get();
    return this.mongo.withTransaction(async (session) => {
      const view = new ChunkView(spaceCollections(this.mongo.db), session);
      return work((subject, options = {}) => this.#decide(plan, view, subject, options));
    });
  }

  async #decide(plan: CompiledRuleSet, stored: ChunkView, subject: Subject, options: DecideOptions): Promise<Decision> {
    const view = options.detached === undefined ? stored : new DetachedView(stored, options.detached);
    let events: TraceEvent[] = [];
    const trace = (event: TraceEvent): void => void events.push(event);
    const engine = new SyncSession({
      plan,
      view,
      now: this.clock.now(),
      newId: randomUUID,
      random: Math.random,
      trace,
    });
    for (let round = 0; ; round++) {
      events = [];
      const outcome = 'cs' in subject ? engine.synchronize(subject.cs) : engine.synchronizeMetaverse(subject.mv);
      if (outcome.status !== 'needs') {
        const changes = engine.changes();
        return {
          ...{ plan, events, changes, before: view },
          error: outcome.status === 'error' ? outcome.error : undefined,
          cs: (id) => (changes.cs.has(id) ? changes.cs.get(id) : view.cs(id)),
          mv: (id) => (changes.mv.has(id) ? changes.mv.get(id) : view.mv(id)),
        };
      }
      if (round >= MAX_ROUNDS) throw new Error(`The engine still needs ${JSON.stringify(outcome.needs.slice(0, 3))}.`);
      await stored.load(outcome.needs);
    }
  }
}

interface DecideOptions {
  /** Decide as if this connector-space object were not joined. */
  readonly detached?: string | undefined;
}
export type Decide = (subject: Subject, options?: DecideOptions) => Promise<Decision>;
