import { SyncError } from '@adjoin/contracts';
import { hideSecret } from '../crypto/secret-buffer.js';
import { decryptPayload } from '../drsuapi/encrypted-payload.js';
import { unwrapNtHash } from '../drsuapi/nt-hash.js';
import { ridOf } from '../names/sid.js';
import type { DecodedUpdate, ReplicatedObject } from './replicated-object.js';

/**
 * Turns an NT hash (16 bytes) into something that may leave the process. The buffer is zeroed when the promise settles:
 * copy nothing out of it. A rejection ends the reading with that error.
 */
export type HashTransform<T> = (hash: Buffer, object: ReplicatedObject) => Promise<T>;

/** What became of the password hash of an object. */
export type PasswordOutcome<T> =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'cleared' }
  /** `accept` said no: nothing was decrypted. */
  | { readonly kind: 'skipped' }
  | { readonly kind: 'transformed'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: SyncError };

/** Decrypts the secret of an update, transforms it and zeroes it. `sessionKey` is used before anything is awaited. */
export async function readPassword<T>(
  update: DecodedUpdate,
  sessionKey: Buffer,
  transform: HashTransform<T>,
): Promise<PasswordOutcome<T>> {
  if (update.secret === undefined) return { kind: 'unchanged' };
  if (update.secret === null) return { kind: 'cleared' };
  const hash = decrypt(update.secret, update, sessionKey);
  if (hash instanceof SyncError) return { kind: 'failed', error: hash };
  try {
    return { kind: 'transformed', value: await transform(hideSecret(hash), update.object) };
  } finally {
    hash.fill(0);
  }
}

function decrypt(secret: Buffer, { object, sid }: DecodedUpdate, sessionKey: Buffer): Buffer | SyncError {
  try {
    if (sid === undefined) throw new SyncError('ADJ-PHS-7010', 'The object has a password and no security identifier.');
    const wrapped = decryptPayload(sessionKey, secret);
    try {
      return unwrapNtHash(wrapped, ridOf(sid));
    } finally {
      wrapped.fill(0);
    }
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    return new SyncError('ADJ-PHS-7010', `${error.message} (${object.dn})`, { cause: error, object: object.guid });
  }
}
