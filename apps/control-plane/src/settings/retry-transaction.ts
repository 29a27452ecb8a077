import { isTransientTransactionError, type ClientSession, type MongoHandle } from '@adjoin/shared';

/** Attempts before a conflict is reported; decisions of people hardly ever collide. */
const ATTEMPTS = 5;

/** Runs `work` in a transaction, again when another writer came in between. */
export async function retryTransaction<T>(
  mongo: MongoHandle,
  work: (session: ClientSession) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await mongo.withTransaction(work);
    } catch (error) {
      if (attempt === ATTEMPTS || !isTransientTransactionError(error)) throw error;
    }
  }
}
