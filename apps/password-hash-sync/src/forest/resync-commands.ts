import { z } from 'zod';
import type { Db, Logger } from '@adjoin/shared';
import type { PasswordStates } from '../state/password-states.js';

const resyncCommand = z.object({
  _id: z.string(),
  connector: z.string(),
  /** Absent: the whole forest. */
  guids: z.array(z.string()).optional(),
});

/** Carries out `password.resync`, which control-plane recorded; its answer stands in `replicationCursors` under `command:<id>`. */
export class ResyncCommands {
  readonly #db: Db;
  readonly #connector: string;
  readonly #states: PasswordStates;
  readonly #log: Logger;

  constructor(options: { db: Db; connector: string; states: PasswordStates; log: Logger }) {
    this.#db = options.db;
    this.#connector = options.connector;
    this.#states = options.states;
    this.#log = options.log;
  }

  async carryOut(): Promise<void> {
    const filter = { kind: 'password.resync', connector: this.#connector, status: 'requested' };
    const answers = this.#db.collection<{ _id: string; status: string }>('replicationCursors');
    for await (const document of this.#db.collection('commands').find(filter)) {
      const id = `command:${String(document._id)}`;
      if ((await answers.findOne({ _id: id })) !== null) continue;
      const parsed = resyncCommand.safeParse({ ...document, _id: String(document._id) });
      if (!parsed.success) {
        const error = { code: 'ADJ-API-4003', message: 'The request cannot be read.' };
        const refusal = { status: 'failed', connector: this.#connector, error, at: new Date() };
        await answers.updateOne({ _id: id }, { $set: refusal }, { upsert: true });
        continue;
      }
      const command = parsed.data;
      const { guids } = command;
      const users = guids === undefined ? await this.#states.noteAll('requested') : guids.length;
      if (guids !== undefined) await this.#states.noteNeeds(guids, 'requested');
      const answer = { status: 'done', connector: this.#connector, result: { users }, at: new Date() };
      await answers.updateOne({ _id: id }, { $set: answer }, { upsert: true });
      this.#log.info({ event: 'passwords.resync', command: command._id, users }, 'Passwords are sent anew on request.');
    }
  }
}
