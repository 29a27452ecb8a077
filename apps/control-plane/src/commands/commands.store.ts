import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { SyncError, type Command } from '@adjoin/contracts';
import type { MongoHandle } from '@adjoin/shared';
import { AuditStore } from '../audit/audit.store.js';
import { toInstant } from '../naming/wire.js';
import { CLOCK, MONGO, type Clock } from '../ports.js';
import { retryTransaction } from '../settings/retry-transaction.js';

interface CommandDocument {
  readonly _id: string;
  readonly kind: string;
  readonly at: Date;
  readonly by: string;
  /** Only ever `requested`: what became of it stands under `command:<id>` in the state of who carries it out. */
  readonly status: 'requested';
  readonly [argument: string]: unknown;
}

const outcome = z.object({
  status: z.enum(['requested', 'running', 'done', 'failed']).catch('running'),
  result: z.unknown().optional(),
  error: z.object({ code: z.string(), message: z.string() }).nullish(),
});

/** Owns `commands`: requests to the engine and to password-hash-sync, which count only what stands there (DESIGN §10). */
@Injectable()
export class CommandsStore {
  constructor(
    @Inject(MONGO) private readonly mongo: MongoHandle,
    @Inject(AuditStore) private readonly audit: AuditStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async request(
    kind: string,
    args: Readonly<Record<string, unknown>>,
    by: string,
    id = this.clock.newId(),
  ): Promise<Command> {
    await retryTransaction(this.mongo, async (session) => {
      await this.#commands().insertOne(
        { ...args, _id: id, kind, at: this.clock.now(), by, status: 'requested' },
        { session },
      );
      await this.audit.append({ by, action: kind, object: id }, session);
    });
    return this.get(id);
  }

  async get(id: string): Promise<Command> {
    const found = await this.find(id);
    if (found !== null) return found;
    throw new SyncError('ADJ-API-4004', `There is no request ${id}.`, { object: id });
  }

  /** The request with the engine's answer so far. */
  async find(id: string): Promise<Command | null> {
    const doc = await this.#commands().findOne({ _id: id });
    if (doc === null) return null;
    const answers = doc.kind.startsWith('password.') ? 'replicationCursors' : 'engineState';
    const answer = await this.mongo.db.collection<{ _id: string }>(answers).findOne({ _id: `command:${id}` });
    const { status, result, error } = outcome.parse(answer ?? { status: 'requested' });
    return {
      id,
      kind: doc.kind,
      status,
      at: toInstant(doc.at) ?? '',
      by: doc.by,
      result: plain(result),
      error: error ?? null,
    };
  }

  #commands() {
    return this.mongo.db.collection<CommandDocument>('commands');
  }
}

/** JSON cannot carry bigint. */
function plain(value: unknown): unknown {
  if (value === undefined) return null;
  return JSON.parse(JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? Number(item) : item)));
}
