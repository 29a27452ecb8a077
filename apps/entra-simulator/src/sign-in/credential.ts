import { pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { md4 } from './md4.js';

/** A synchronized password (spec operations/password-hash-sync.md section 2). */
export interface StoredCredential {
  readonly salt: string;
  readonly iterations: number;
  readonly hash: string;
  readonly changedAt: Date;
  /** The user must change it at the next sign-in. */
  readonly mustChange: boolean;
}

const FORM = /^v1;PPH1_MD4,([0-9a-f]{20}),(\d{1,5}),([0-9a-f]{64});$/;
/** More is reported to break sign-in. */
const MAX_ITERATIONS = 1000;

/** Reads a credential string; undefined when it is not of the exact form. */
export function parseCredential(text: string): Pick<StoredCredential, 'salt' | 'iterations' | 'hash'> | undefined {
  const [, salt, iterations, hash] = FORM.exec(text) ?? [];
  const count = Number(iterations);
  if (salt === undefined || hash === undefined || count < 1 || count > MAX_ITERATIONS) return undefined;
  return { salt, iterations: count, hash };
}

/** Does the password belong to the credential? MD4 of UTF-16LE, upper-case hex, UTF-16LE, PBKDF2-HMAC-SHA256. */
export function passwordMatches(password: string, { salt, iterations, hash }: StoredCredential): boolean {
  const digest = md4(Buffer.from(password, 'utf16le')).toString('hex').toUpperCase();
  const derived = pbkdf2Sync(Buffer.from(digest, 'utf16le'), Buffer.from(salt, 'hex'), iterations, 32, 'sha256');
  return timingSafeEqual(derived, Buffer.from(hash, 'hex'));
}
