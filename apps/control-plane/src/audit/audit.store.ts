import { Inject, Injectable } from '@nestjs/common';
import type { ClientSession, MongoHandle } from '@adjoin/shared';
import { CLOCK, MONGO, type Clock } from '../ports.js';

/** One decision of a person. Values only, never secrets. */
export interface AuditEntry {
  readonly by: string;
  readonly action: string;
  readonly object: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Append-only record of what people decided; written in the transaction of the decision. */
@Injectable()
export class AuditStore {
  constructor(
    @Inject(MONGO) private readonly mongo: MongoHandle,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async append(entry: AuditEntry, session: ClientSession): Promise<void> {
    await this.mongo.db
      .collection<AuditEntry & { readonly _id: string; readonly at: Date }>('audit')
      .insertOne({ _id: this.clock.newId(), at: this.clock.now(), ...entry }, { session });
  }
}
