import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Figure } from './figure.js';
import { ratioTo, ResultStore, type BenchResult } from './store.js';

const rate: Figure = { name: 'rate', unit: 'objects/s', better: 'more', values: [200] };

function result(parameters: BenchResult['parameters'], value: number): BenchResult {
  return {
    bench: 'pipeline',
    parameters,
    at: '2026-01-01T00:00:00.000Z',
    machine: { processor: 'test', cores: 2, memoryGb: 8, node: 'v24.0.0', loadAtStart: 0 },
    figures: [{ ...rate, values: [value], median: value }],
    notes: [],
  };
}

describe('the store of results', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'adjoin-bench-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('gives back the last result of the same parameters', () => {
    const store = new ResultStore(join(folder, 'new'));
    store.save(result({ users: 10 }, 100));
    store.save(result({ users: 10 }, 150));
    store.save(result({ users: 20 }, 999));
    expect(store.previous('pipeline', { users: 10 })?.figures[0]?.median).toBe(150);
  });

  it('has nothing at first, for other parameters, and when a file is damaged', () => {
    const store = new ResultStore(folder);
    expect(store.previous('pipeline', {})).toBeUndefined();
    writeFileSync(join(folder, 'pipeline.users-1.json'), '{');
    expect(store.previous('pipeline', { users: 1 })).toBeUndefined();
  });
});

describe('the ratio to the earlier result', () => {
  it('is the present median by the earlier one', () => {
    expect(ratioTo(result({}, 100), rate)).toBe(2);
  });

  it('does not exist without an earlier figure of the same name and unit', () => {
    expect(ratioTo(undefined, rate)).toBeUndefined();
    expect(ratioTo(result({}, 100), { ...rate, unit: 'ms' })).toBeUndefined();
    expect(ratioTo(result({}, 0), rate)).toBeUndefined();
  });
});
