import { pbkdf2Sync } from 'node:crypto';
import { md4 } from '@adjoin/entra-simulator';

/**
 * Checks a password against a credential as the cloud does, independently of the code under test: MD4 (RFC 1320),
 * upper-case hexadecimal text in UTF-16LE, PBKDF2-HMAC-SHA256.
 */
export function signsIn(password: string, credential: string): boolean {
  const [, name, salt = '', iterations = '0', key = ''] =
    /^v1;(PPH1_MD4),([0-9a-f]{20}),(\d+),([0-9a-f]{64});$/.exec(credential) ?? [];
  if (name === undefined) throw new Error(`not a credential`);
  const digits = md4(Buffer.from(password, 'utf16le')).toString('hex').toUpperCase();
  const derived = pbkdf2Sync(
    Buffer.from(digits, 'utf16le'),
    Buffer.from(salt, 'hex'),
    Number(iterations),
    32,
    'sha256',
  );
  return derived.toString('hex') === key;
}
