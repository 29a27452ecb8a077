import { describe, expect, it } from 'vitest';
import type { Intent } from '../state/intent.store.js';
import { OpenCreates } from './open-creates.js';

const intent: Intent = { id: 'a', version: 1, anchor: 'x', type: 'group', startedAt: new Date(0) };
const at = (ms: number): Date => new Date(ms);

describe('the consistency window of a create of unknown fate', () => {
  it('begins when this process first sees the intent of one that is gone, however old the intent is', () => {
    const open = new OpenCreates();
    expect(open.since(intent, at(100_000))?.startedAt).toEqual(at(100_000));
    expect(open.since(intent, at(120_000))?.startedAt).toEqual(at(100_000));
  });

  it('begins when this process lost the answer', () => {
    const open = new OpenCreates();
    open.note('a', { open: true }, 90_000);
    expect(open.since(intent, at(120_000))?.startedAt).toEqual(at(90_000));
  });

  it('begins anew with a second create that was lost, and not with a try that only waited', () => {
    const open = new OpenCreates();
    open.note('a', { open: true }, 1000);
    open.note('a', { open: true, waited: true }, 2000);
    expect(open.since(intent, at(3000))?.startedAt).toEqual(at(1000));
    open.note('a', { open: true }, 4000);
    expect(open.since(intent, at(5000))?.startedAt).toEqual(at(4000));
  });

  it('is forgotten with the outcome', () => {
    const open = new OpenCreates();
    open.note('a', { open: true }, 1000);
    open.note('a', {}, 2000);
    expect(open.since(intent, at(5000))?.startedAt).toEqual(at(5000));
  });
});
