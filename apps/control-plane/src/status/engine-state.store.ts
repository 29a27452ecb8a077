import { Inject, Injectable } from '@nestjs/common';
import type { MongoHandle } from '@adjoin/shared';
import type { TargetGate } from '../exports/export-hold.js';
import { MONGO } from '../ports.js';
import { gatesDocument, syncDocument, type GatesDocument, type SyncDocument } from './engine-state.js';

/** Reads what the engine reports of itself in `engineState`. */
@Injectable()
export class EngineStateStore {
  constructor(@Inject(MONGO) private readonly mongo: MongoHandle) {}

  /** Closed gates of one target; none for a connector that is no target. */
  async gates(target: string): Promise<readonly TargetGate[]> {
    return (await this.targets([target])).get(target)?.gates ?? [];
  }

  async targets(names: readonly string[]): Promise<ReadonlyMap<string, GatesDocument>> {
    const parsed = (await this.#states('gates:', names)).map((doc) => gatesDocument.parse(doc));
    return new Map(parsed.map((doc) => [doc._id.slice('gates:'.length), doc]));
  }

  async connectors(names: readonly string[]): Promise<ReadonlyMap<string, SyncDocument>> {
    const parsed = (await this.#states('sync:', names)).map((doc) => syncDocument.parse(doc));
    return new Map(parsed.map((doc) => [doc._id.slice('sync:'.length), doc]));
  }

  #states(prefix: string, names: readonly string[]) {
    const ids = names.map((name) => prefix + name);
    return this.mongo.db
      .collection<{ _id: string }>('engineState')
      .find({ _id: { $in: ids } })
      .toArray();
  }
}
