import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commonEnv, parseEnv } from '../config/env.js';
import { kafkaAccess } from './access.js';

const folder = mkdtempSync(join(tmpdir(), 'adjoin-access-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const accessOf = (env: Readonly<Record<string, string>>) => kafkaAccess(parseEnv(commonEnv, env));

describe('access to Kafka', () => {
  it('is plain unless asked for', () => {
    expect(accessOf({ ADJOIN_KAFKA_BROKERS: 'one:9092, two:9092' })).toEqual({ brokers: ['one:9092', 'two:9092'] });
  });

  it('reads authority, own certificate and password from files', () => {
    const pair = '-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n';
    const access = accessOf({
      ADJOIN_KAFKA_TLS: 'on',
      ADJOIN_KAFKA_CA_FILE: file('ca.pem', 'authority'),
      ADJOIN_KAFKA_CERT_FILE: file('own.pem', pair),
      ADJOIN_KAFKA_SASL: 'plain',
      ADJOIN_KAFKA_USERNAME: 'adjoin',
      ADJOIN_KAFKA_PASSWORD_FILE: file('password', 'secret\n'),
    });
    expect(access.ssl).toEqual({ ca: 'authority', cert: pair.trimEnd(), key: pair.trimEnd() });
    expect(access.sasl).toEqual({ mechanism: 'plain', username: 'adjoin', password: 'secret' });
  });

  it.each([
    [
      'a password in clear text',
      { ADJOIN_KAFKA_SASL: 'plain', ADJOIN_KAFKA_USERNAME: 'a', ADJOIN_KAFKA_PASSWORD_FILE: 'b' },
      /clear text/,
    ],
    ['a mechanism without user', { ADJOIN_KAFKA_SASL: 'scram-sha-512' }, /needs ADJOIN_KAFKA_USERNAME/],
    ['a user without mechanism', { ADJOIN_KAFKA_USERNAME: 'a' }, /names no mechanism/],
    ['an authority without TLS', { ADJOIN_KAFKA_CA_FILE: 'a' }, /ADJOIN_KAFKA_TLS is not on/],
    ['a certificate without TLS', { ADJOIN_KAFKA_CERT_FILE: 'a' }, /ADJOIN_KAFKA_TLS is not on/],
    ['a missing authority', { ADJOIN_KAFKA_TLS: 'on', ADJOIN_KAFKA_CA_FILE: '/nowhere/ca.pem' }, /cannot be read/],
    [
      'a missing password',
      { ADJOIN_KAFKA_SASL: 'scram-sha-512', ADJOIN_KAFKA_USERNAME: 'a', ADJOIN_KAFKA_PASSWORD_FILE: '/nowhere/b' },
      /cannot be read/,
    ],
  ])('refuses %s', (_, env, text) => {
    expect(() => accessOf(env)).toThrow(text);
  });

  it('refuses a certificate without its key', () => {
    const own = file('certificate.pem', '-----BEGIN CERTIFICATE-----\n');
    expect(() => accessOf({ ADJOIN_KAFKA_TLS: 'on', ADJOIN_KAFKA_CERT_FILE: own })).toThrow(/private key/);
  });
});
