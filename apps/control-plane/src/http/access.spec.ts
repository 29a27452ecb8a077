import { describe, expect, it } from 'vitest';
import { Redacted } from '@adjoin/shared';
import { accessOf } from '../config.js';
import { refusal } from './access.js';

const withToken = { token: new Redacted('s3cret') };
const local = { token: undefined };

describe('who may call', () => {
  it('asks every API request for the token when one is configured', () => {
    expect(refusal(withToken, '/api/v1/status', {})?.code).toBe('ADJ-API-4002');
    expect(refusal(withToken, '/api/v1/status', { authorization: 'Bearer wrong' })?.code).toBe('ADJ-API-4002');
    expect(refusal(withToken, '/api/v1/status', { authorization: 'Bearer s3cret' })).toBeUndefined();
    expect(refusal(withToken, '/api/openapi.json', {})?.code).toBe('ADJ-API-4002');
  });

  it('leaves health, metrics and the page without data open', () => {
    for (const path of ['/', '/livez', '/readyz', '/metrics']) expect(refusal(withToken, path, {})).toBeUndefined();
  });

  it('refuses foreign host names and other web pages when there is no token', () => {
    expect(refusal(local, '/api/v1/status', { host: '127.0.0.1:7400' })).toBeUndefined();
    expect(
      refusal(local, '/api/v1/status', { host: 'localhost:7400', origin: 'http://localhost:7400' }),
    ).toBeUndefined();
    expect(refusal(local, '/api/v1/status', { host: 'evil.example:7400' })?.code).toBe('ADJ-API-4002');
    expect(refusal(local, '/api/v1/status', { host: '127.0.0.1:7400', origin: 'https://evil.example' })?.code).toBe(
      'ADJ-API-4002',
    );
  });

  it('never starts on the network without a token', () => {
    const env = (values: object) => ({
      ADJOIN_BIND: '127.0.0.1',
      ADJOIN_TOKEN: undefined,
      ADJOIN_TOKEN_FILE: undefined,
      ...values,
    });
    expect(() => accessOf(env({ ADJOIN_BIND: '0.0.0.0' }))).toThrow(/ADJOIN_BIND is 0\.0\.0\.0/);
    expect(accessOf(env({ ADJOIN_BIND: '0.0.0.0', ADJOIN_TOKEN: 'x' })).token?.reveal()).toBe('x');
    expect(accessOf(env({})).token).toBeUndefined();
  });
});
