import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Db } from '../mongo/connection.js';
import { ExportGate } from './export-gate.js';

/** A database whose settings the test changes. */
function settings(documents: { _id: string; value: unknown }[]): Db {
  const collection = { find: () => ({ toArray: () => Promise.resolve(documents) }) };
  return { collection: () => collection } as unknown as Db;
}

describe('the gate of exports', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('closes for a staging mode that is switched on, though the wall clock was set back meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    const documents: { _id: string; value: unknown }[] = [];
    const gate = new ExportGate(settings(documents));
    await gate.refresh();
    expect(gate.admits(0)).toBe(true);
    documents.push({ _id: 'staging', value: 'on' });
    vi.advanceTimersByTime(1000);
    vi.setSystemTime(Date.now() - 3_600_000);
    await gate.refresh();
    expect(gate.admits(0)).toBe(false);
  });
});
