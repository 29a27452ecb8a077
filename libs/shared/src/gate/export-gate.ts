import { GATE_EPOCH_ID } from '@adjoin/contracts';
import type { Db } from '../mongo/connection.js';

interface SettingDocument {
  _id: string;
  value: unknown;
}
/** Longest time a decision is based on a remembered value, ms. */
const MAX_AGE_MS = 250;

/**
 * The current gate epoch and staging mode, owned by control-plane (collection `settings`). Made current before every batch; when it cannot be
 * read nothing is sent.
 */
export class ExportGate {
  readonly #read: () => Promise<readonly SettingDocument[]>;
  readonly #now: () => number;
  #epoch = 0;
  #staging = false;
  #readAt = Number.NEGATIVE_INFINITY;
  #pending: Promise<void> | undefined;

  constructor(db: Db, now: () => number = () => performance.now()) {
    const settings = db.collection<SettingDocument>('settings');
    this.#read = () => settings.find({ _id: { $in: [GATE_EPOCH_ID, 'staging'] } }).toArray();
    this.#now = now;
  }

  async refresh(): Promise<void> {
    if (this.#now() - this.#readAt < MAX_AGE_MS) return;
    const begun = this.#now();
    this.#pending ??= this.#read()
      .then((documents) => {
        const value = (id: string): unknown => documents.find((document) => document._id === id)?.value;
        this.#epoch = Number(value(GATE_EPOCH_ID) ?? 0);
        this.#staging = value('staging') === 'on';
        this.#readAt = begun;
      })
      .finally(() => (this.#pending = undefined));
    await this.#pending;
  }

  /** May an export that was released under this epoch still be sent? */
  admits(epoch: number): boolean {
    return !this.#staging && epoch >= this.#epoch;
  }
}
