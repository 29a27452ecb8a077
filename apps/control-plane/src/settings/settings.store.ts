import { Inject, Injectable } from '@nestjs/common';
import { GATE_EPOCH_ID, SETTINGS, SyncError, type Setting, type SettingKey } from '@adjoin/contracts';
import type { MongoHandle } from '@adjoin/shared';
import { AuditStore } from '../audit/audit.store.js';
import { toInstant } from '../naming/wire.js';
import { CLOCK, MONGO, type Clock } from '../ports.js';
import { retryTransaction } from './retry-transaction.js';

interface SettingDocument {
  readonly _id: string;
  readonly value?: string | number;
  readonly at?: unknown;
  readonly by?: unknown;
}

/** Settings that hold exports back: a change makes releases of the old epoch void (DESIGN §6). */
const STOPS_EXPORTS = /^(staging|deletionThreshold\.|membershipLoss\.)/;

/** Owns `settings`. */
@Injectable()
export class SettingsStore {
  constructor(
    @Inject(MONGO) private readonly mongo: MongoHandle,
    @Inject(AuditStore) private readonly audit: AuditStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async all(): Promise<Setting[]> {
    const stored = await this.#collection()
      .find({ _id: { $in: Object.keys(SETTINGS) } })
      .toArray();
    const byKey = new Map(stored.map((doc) => [doc._id, doc]));
    return settingKeys().map((key) => settingOf(key, byKey.get(key)));
  }

  async get(key: string): Promise<Setting> {
    const known = requireKey(key);
    return settingOf(known, await this.#collection().findOne({ _id: known }));
  }

  /** Changes a setting, with its audit record and, where exports depend on it, the next gate epoch, in one transaction. */
  async set(key: string, given: unknown, by: string): Promise<Setting> {
    const known = requireKey(key);
    const value = parseValue(known, given);
    const before = (await this.get(known)).value;
    await retryTransaction(this.mongo, async (session) => {
      await this.#collection().updateOne(
        { _id: known },
        { $set: { value, at: this.clock.now(), by } },
        { upsert: true, session },
      );
      if (STOPS_EXPORTS.test(known) && value !== before) {
        await this.#epoch().updateOne({ _id: GATE_EPOCH_ID }, { $inc: { value: 1 } }, { upsert: true, session });
      }
      await this.audit.append({ by, action: 'settings.set', object: known, before, after: value }, session);
    });
    return this.get(known);
  }

  #epoch() {
    return this.mongo.db.collection<{ _id: string; value: number }>('settings');
  }
  #collection() {
    return this.mongo.db.collection<SettingDocument>('settings');
  }
}

const settingKeys = (): SettingKey[] => Object.keys(SETTINGS).filter((key): key is SettingKey => key in SETTINGS);

function requireKey(key: string): SettingKey {
  const found = settingKeys().find((known) => known.toLowerCase() === key.toLowerCase());
  if (found !== undefined) return found;
  throw new SyncError('ADJ-API-4004', `There is no setting ${key}.`, {
    hint: `Settings: ${settingKeys().join(', ')}.`,
  });
}

function parseValue(key: SettingKey, given: unknown): string | number {
  const raw = typeof given === 'boolean' ? (given ? 'on' : 'off') : given;
  const result = SETTINGS[key].schema.safeParse(typeof raw === 'string' && raw.trim() === '' ? undefined : raw);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => issue.message).join('; ');
  throw new SyncError('ADJ-API-4003', `${String(given)} is not a value of the setting ${key}: ${problems}.`, {
    hint: SETTINGS[key].describe,
  });
}

function settingOf(key: SettingKey, doc: SettingDocument | null | undefined): Setting {
  const definition = SETTINGS[key];
  const value = definition.schema.safeParse(doc?.value);
  const at = toInstant(doc?.at);
  return {
    key,
    value: value.success && doc?.value !== undefined ? value.data : definition.default,
    default: definition.default,
    describe: definition.describe,
    changed: at === null ? null : { at, by: String(doc?.by ?? '') },
  };
}
