import type { Db } from '@adjoin/shared';

interface SettingDocument {
  _id: string;
  value: unknown;
}
/** Longest time a decision is based on a remembered value, ms. */
const MAX_AGE_MS = 250;

/** Staging mode, owned by control-plane (collection `settings`): while it is on nothing is sent, and what changed is sent afterwards. */
export class SendGate {
  readonly #read: () => Promise<SettingDocument | null>;
  readonly #now: () => number;
  #staging = true;
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(db: Db, now: () => number = () => performance.now()) {
    this.#read = () => db.collection<SettingDocument>('settings').findOne({ _id: 'staging' });
    this.#now = now;
  }

  /** Rejects when the setting cannot be read: then nothing may be sent. */
  async staging(): Promise<boolean> {
    const begun = this.#now();
    if (begun - this.#readAt < MAX_AGE_MS) return this.#staging;
    this.#staging = (await this.#read())?.value === 'on';
    this.#readAt = begun;
    return this.#staging;
  }
}
