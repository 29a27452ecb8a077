import { describe, expect, it } from 'vitest';
import type { AttributeChanges, CsObject } from '@adjoin/engine';
import type { CsDocument, Refutation } from '@adjoin/spaces';
import { isRefuted, refutationOf } from './not-reimported.js';

const now = new Date('2026-01-01T12:00:00Z');
const sent = (changes: AttributeChanges, refuted?: Refutation): CsDocument =>
  ({ unconfirmed: { operation: 'update', changes }, ...(refuted === undefined ? {} : { refuted }) }) as CsDocument;
const staged = (refuted: readonly string[], unconfirmed?: CsObject['unconfirmed']) => ({
  refuted,
  object: { unconfirmed } as CsObject,
});
const minutes = (refuted: Refutation | undefined): number => ((refuted?.until.getTime() ?? 0) - now.getTime()) / 60_000;

describe('an export that the target did not keep', () => {
  it('is sent again at once the first time, then at growing distances of at most an hour', () => {
    let refuted: Refutation | undefined;
    const waits: number[] = [];
    for (let time = 0; time < 12; time++) {
      refuted = refutationOf(sent({ city: 'Bonn' }, refuted), staged(['city']), now);
      waits.push(minutes(refuted));
    }
    expect(waits[0]).toBe(0);
    expect(waits[1]).toBeGreaterThan(0.7);
    expect(waits.at(-1)).toBeLessThanOrEqual(60);
    expect(refuted?.times).toBe(12);
  });

  it('begins anew with another value', () => {
    const first = refutationOf(sent({ city: 'Bonn' }), staged(['city']), now);
    const second = refutationOf(sent({ city: 'Bonn' }, first), staged(['city']), now);
    expect(second?.times).toBe(2);
    expect(refutationOf(sent({ city: 'Kiel' }, second), staged(['city']), now)?.times).toBe(1);
  });

  it('is over when the target shows it', () => {
    const first = refutationOf(sent({ city: 'Bonn' }), staged(['city']), now);
    expect(refutationOf(sent({ city: 'Bonn' }, first), staged([]), now)).toBeUndefined();
  });

  it('stays known while other reads say nothing of it', () => {
    const first = refutationOf(sent({ city: 'Bonn' }), staged(['city']), now);
    const before = { refuted: first } as CsDocument;
    expect(refutationOf(before, staged([]), now)).toBe(first);
  });

  it('holds up nothing else of the object', () => {
    const refuted = refutationOf(sent({ city: 'Bonn', mail: null }), staged(['city', 'mail']), now);
    if (refuted === undefined) throw new Error('expected');
    expect(isRefuted(refuted, { city: 'Bonn' })).toBe(true);
    expect(isRefuted(refuted, { mail: null })).toBe(true);
    expect(isRefuted(refuted, { city: 'Bonn', accountEnabled: false })).toBe(false);
    expect(isRefuted(refuted, { city: 'Kiel' })).toBe(false);
  });
});
