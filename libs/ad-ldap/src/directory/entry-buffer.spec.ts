import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { RawEntry } from '../connection/raw-entry.js';
import { EntryBuffer } from './entry-buffer.js';

const entry = (dn: string, size = 1): RawEntry => ({ dn, attributes: [], size });

describe('the buffer between a paged read and what handles its entries', () => {
  it('hands entries over one after the other in the order of arrival', async () => {
    const handled: string[] = [];
    let atWork = 0;
    const buffer = new EntryBuffer(async ({ dn }) => {
      atWork += 1;
      expect(atWork).toBe(1);
      await turn();
      handled.push(dn);
      atWork -= 1;
    });
    for (const dn of ['a', 'b', 'c']) await buffer.add(entry(dn));
    await buffer.drained();
    await buffer.add(entry('d'));
    await buffer.drained();
    expect(handled).toEqual(['a', 'b', 'c', 'd']);
  });

  it('makes who adds wait while it is full', async () => {
    const gate = Promise.withResolvers<void>();
    const buffer = new EntryBuffer(() => gate.promise);
    await buffer.add(entry('a', 3_000_000));
    let added = false;
    const adding = Promise.resolve(buffer.add(entry('b', 3_000_000))).then(() => (added = true));
    await turn();
    expect(added).toBe(false);
    gate.resolve();
    await adding;
    await buffer.drained();
  });

  it('throws what its handler threw, and handles nothing after it', async () => {
    const handled: string[] = [];
    const buffer = new EntryBuffer(({ dn }) => {
      handled.push(dn);
      if (dn === 'b') throw new Error('b cannot be handled');
    });
    for (const dn of ['a', 'b', 'c']) void buffer.add(entry(dn));
    await expect(buffer.drained()).rejects.toThrow('b cannot be handled');
    expect(() => buffer.add(entry('d'))).toThrow('b cannot be handled');
    expect(handled).toEqual(['a', 'b']);
  });

  it('lets go of who waits for room when its handler fails', async () => {
    const buffer = new EntryBuffer(async () => {
      await turn();
      throw new Error('broken');
    });
    await expect(buffer.add(entry('a', 5_000_000))).rejects.toThrow('broken');
  });

  it('forgets what waits when the read is given up', async () => {
    const handled: string[] = [];
    const buffer = new EntryBuffer(async ({ dn }) => {
      await turn();
      handled.push(dn);
    });
    for (const dn of ['a', 'b', 'c']) await buffer.add(entry(dn));
    await turn();
    await buffer.dropped();
    const then = [...handled];
    await turn();
    await turn();
    expect(handled).toEqual(then);
    expect(handled.length).toBeLessThan(3);
  });
});
