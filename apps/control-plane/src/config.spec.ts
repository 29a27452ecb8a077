import { expect, it } from 'vitest';
import { parseEnv } from '@adjoin/shared';
import { controlPlaneEnv } from './config.js';

it('runs on the local stack with no environment', () => {
  const env = parseEnv(controlPlaneEnv, {});
  expect(env).toMatchObject({ ADJOIN_BIND: '127.0.0.1', ADJOIN_HEALTH_PORT: 7400 });
  expect(Object.keys(env.ADJOIN_PROCESSES)).toEqual(['ad-importer', 'sync-engine', 'entra-exporter']);
});

it('reads process URLs from JSON and refuses anything else', () => {
  expect(parseEnv(controlPlaneEnv, { ADJOIN_PROCESSES: '{"a":"http://a:1"}' }).ADJOIN_PROCESSES).toEqual({
    a: 'http://a:1',
  });
  for (const text of ['nonsense', '{"a":1}', '[]', '{"a":"not a url"}'])
    expect(() => parseEnv(controlPlaneEnv, { ADJOIN_PROCESSES: text })).toThrow(/ADJOIN_PROCESSES/);
});
