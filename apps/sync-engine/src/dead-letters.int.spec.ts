import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineHarness } from './testing/engine-harness.js';

const uri = process.env['ADJOIN_TEST_MONGO'] ?? 'mongodb://127.0.0.1:27117/?replicaSet=rs0';
let engine: EngineHarness;
beforeEach(async () => {
  engine = await EngineHarness.open(uri);
});
afterEach(() => engine.close());

const unreadable = (topic: string) => ({
  topic,
  partition: 0,
  messages: [{ key: 'k', value: Buffer.from('{"kind":'), offset: '0', headers: {} }],
});

describe('a message that nobody can read', () => {
  it('goes to the dead letters of the connector it came from, whichever that is', async () => {
    await engine.staging.stage([unreadable('adjoin.changes.corp')]);
    await engine.staging.stage([unreadable('adjoin.changes.entra')]);
    expect(engine.deadLetters).toEqual(['adjoin.changes.corp', 'adjoin.changes.entra']);
  });

  it('goes to the dead letters of the results of its target', async () => {
    await engine.results.handle([unreadable('adjoin.results.entra'), unreadable('adjoin.results.second')]);
    expect(engine.deadLetters).toEqual(['adjoin.results.entra', 'adjoin.results.second']);
  });
});
