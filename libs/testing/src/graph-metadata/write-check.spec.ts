import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkRecordedWrites, type GraphWrite } from './write-check.js';

const folder = mkdtempSync(join(tmpdir(), 'adjoin-writes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const GOOD: readonly GraphWrite[] = [
  { method: 'POST', path: '/users', body: { displayName: 'Ada', accountEnabled: true } },
  { method: 'DELETE', path: '/users/1' },
];
const batch = (...requests: readonly object[]): GraphWrite => ({ method: 'POST', path: '/$batch', body: { requests } });
const GOOD_ITEM = { id: '1', method: 'PATCH', url: '/groups/1', body: { displayName: 'All' } };

function checked(...writes: readonly GraphWrite[]): ReturnType<typeof checkRecordedWrites> {
  const file = join(folder, 'writes.jsonl');
  writeFileSync(file, writes.map((write) => `${JSON.stringify(write)}\n`).join(''));
  return checkRecordedWrites(file);
}

describe('the check of recorded writes to Graph', () => {
  it('counts every write, those in batches too, and no reads', () => {
    const { checked: count, violations } = checked(...GOOD, batch(GOOD_ITEM, { ...GOOD_ITEM, id: '2', method: 'GET' }));
    expect(count).toBe(3);
    expect(violations).toEqual([]);
  });

  it.each<[string, GraphWrite, string]>([
    [
      'a planted unknown property',
      { method: 'POST', path: '/users', body: { favouriteColour: 'red' } },
      'favouriteColour',
    ],
    ['a planted wrong type', { method: 'PATCH', path: '/users/1', body: { accountEnabled: 'yes' } }, 'accountEnabled'],
    ['a planted unknown target', { method: 'POST', path: '/contacts', body: {} }, 'not a known target'],
    [
      'a planted bad body within a batch',
      batch(GOOD_ITEM, { ...GOOD_ITEM, id: '2', body: { mailEnabled: 1 } }),
      'mailEnabled',
    ],
  ])('finds %s', (_what, bad, named) => {
    const { violations } = checked(...GOOD, bad);
    expect(violations).toEqual([expect.stringContaining(named)]);
  });

  it('has nothing to say of a tenant to which nobody wrote', () => {
    expect(checkRecordedWrites(join(folder, 'absent')).checked).toBe(0);
  });
});
