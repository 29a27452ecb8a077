import { sleep, type Runnable } from '@adjoin/shared';
import { LANE, type ExportLaneNumber } from '@adjoin/spaces';
import type { Releaser } from '../release/releaser.js';
import type { Store } from '../store.js';
import { setGauges } from '../telemetry.js';
import { CountingPause } from './counting-pause.js';

const KIND: Readonly<Record<ExportLaneNumber, 'adds' | 'updates' | 'deletes'>> = {
  [LANE.urgent]: 'updates',
  [LANE.change]: 'updates',
  [LANE.add]: 'adds',
  [LANE.addWithReferences]: 'adds',
  [LANE.delete]: 'deletes',
};
/** New objects that wait for each other count; a change whose reference waits for an object that may never come does not. */
const isPending = (lane: ExportLaneNumber, state: string | undefined): boolean =>
  state === 'pending' ||
  state === 'failed' ||
  (state === 'waiting' && (lane === LANE.add || lane === LANE.addWithReferences));

const TICK_MS = 1000;

/**
 * Writes what status shows, once a second while something moves and every ten seconds otherwise: counts by connector, gates and exports by target.
 * Counting a large space takes time that synchronization needs: the pause is at least twenty times as long as counting takes.
 */
export class StatusWriter implements Runnable {
  readonly name = 'status';
  readonly #store: Store;
  readonly #connectors: readonly string[];
  readonly #releasers: ReadonlyMap<string, Releaser>;
  #moved = true;
  readonly #pause = new CountingPause();
  /** When each closed gate was first seen closed, by `<target>|<gate>`. */
  readonly #closedSince = new Map<string, Date>();

  constructor(store: Store, connectors: readonly string[], releasers: ReadonlyMap<string, Releaser>) {
    this.#store = store;
    this.#connectors = connectors;
    this.#releasers = releasers;
  }

  /** Something changed. */
  notify(): void {
    this.#moved = true;
  }

  async run(signal: AbortSignal): Promise<void> {
    for (let tick = 0; !signal.aborted; tick++) {
      let pauseMs = TICK_MS;
      if (this.#moved || tick % 10 === 0) {
        const begun = performance.now();
        this.#moved = false;
        await this.#write();
        pauseMs = this.#pause.after(performance.now() - begun);
      }
      await sleep(pauseMs, signal);
    }
  }

  #since(target: string, gate: string, now: Date): Date {
    const key = `${target}|${gate}`;
    const since = this.#closedSince.get(key) ?? now;
    this.#closedSince.set(key, since);
    return since;
  }

  #forget(target: string, closed: readonly { gate: string }[]): void {
    const names = new Set(closed.map(({ gate }) => `${target}|${gate}`));
    for (const key of this.#closedSince.keys())
      if (key.startsWith(`${target}|`) && !names.has(key)) this.#closedSince.delete(key);
  }

  /** Objects that wait for synchronization and objects in error, by `<connector>|due` and `<connector>|error`; an object in error is tried again and so always waits, too. */
  async #due(): Promise<ReadonlyMap<string, number>> {
    const found = new Map<string, number>();
    const groups = this.#store.cs.aggregate<{ _id: { connector: string; error: boolean }; n: number }>([
      // A range, unlike a question for existence, is answered by the index alone.
      { $match: { connector: { $in: this.#connectors }, dirtyAt: { $gt: new Date(0) } } },
      { $group: { _id: { connector: '$connector', error: { $gt: ['$error.code', null] } }, n: { $sum: 1 } } },
    ]);
    for await (const { _id, n } of groups) found.set(`${_id.connector}|${_id.error ? 'error' : 'due'}`, n);
    return found;
  }

  async #write(): Promise<void> {
    const { cs, targetEdges, state } = this.#store;
    const at = new Date();
    const due = await this.#due();
    for (const connector of this.#connectors) {
      const dirty = due.get(`${connector}|due`) ?? 0;
      const errors = due.get(`${connector}|error`) ?? 0;
      await state.updateOne({ _id: `sync:${connector}` }, { $set: { connector, dirty, errors, at } }, { upsert: true });
      setGauges({ connector, dirty, errors });
    }
    for (const [target, releaser] of this.#releasers) {
      const pending = { adds: 0, updates: 0, deletes: 0, members: 0 };
      const byState: Record<string, number> = {};
      const groups = cs.aggregate<{ _id: { lane?: ExportLaneNumber; state?: string }; n: number }>([
        {
          $match: {
            connector: target,
            'exp.state': { $in: ['pending', 'waiting', 'in-flight', 'failed', 'discarded'] },
          },
        },
        { $group: { _id: { lane: '$exp.lane', state: '$exp.state' }, n: { $sum: 1 } } },
      ]);
      for await (const group of groups) {
        if (group._id.lane !== undefined && isPending(group._id.lane, group._id.state))
          pending[KIND[group._id.lane]] += group.n;
        if (group._id.state !== undefined) byState[group._id.state] = (byState[group._id.state] ?? 0) + group.n;
      }
      pending.members = await targetEdges.countDocuments({
        target,
        pend: true,
        nextAt: { $lte: new Date(at.getTime() + 86_400_000) },
      });
      const unconfirmed = await cs.countDocuments({ connector: target, acknowledgedAt: { $gt: new Date(0) } });
      const gates = releaser.gates.map((gate) => ({ ...gate, since: this.#since(target, gate.gate, at) }));
      this.#forget(target, gates);
      const held = releaser.gates.some(({ gate }) => gate === 'deletion-threshold' || gate === 'stop-all')
        ? pending.deletes
        : 0;
      const inFlight = byState['in-flight'] ?? 0;
      await state.updateOne(
        { _id: `gates:${target}` },
        {
          $set: {
            target,
            gates,
            pending,
            held,
            inFlight,
            failed: byState['failed'] ?? 0,
            discarded: byState['discarded'] ?? 0,
            unconfirmed,
            at,
          },
        },
        { upsert: true },
      );
      setGauges({
        target,
        pending: pending.adds + pending.updates + pending.deletes + pending.members,
        held,
        inFlight,
      });
    }
  }
}
