import { describe, expect, it } from 'vitest';
import { quotaOf, type BudgetDocument } from './target-quota.js';

const now = new Date('2026-01-01T12:00:00Z');
const ago = (seconds: number): Date => new Date(now.getTime() - seconds * 1000);
const budget = (more: Partial<BudgetDocument> = {}): BudgetDocument => ({
  _id: 'entra',
  tokens: 0,
  at: now,
  signAt: now,
  capacity: 3000,
  perSecond: 20,
  ...more,
});
const pending = (adds: number, members = 0) => ({ pending: { adds, updates: 0, deletes: 0, members }, inFlight: 0 });

describe('the time that is left at the quota', () => {
  it('is what the bucket does not hold, as it fills', () => {
    expect(quotaOf(pending(99_600), budget(), now)?.message).toBe("83 minutes left at the tenant's quota");
  });

  it('counts what the bucket gained since it was last drawn from', () => {
    expect(quotaOf(pending(1500), budget({ at: ago(60) }), now)?.minutesLeft).toBe(0.25);
  });

  it('counts twenty members as one write', () => {
    expect(quotaOf(pending(0, 24_000), budget(), now)?.minutesLeft).toBe(1);
  });

  it('is not told while nothing is limited, nothing is pending, or the limit showed no sign for long', () => {
    const none = [
      quotaOf(pending(1000), undefined, now),
      quotaOf(pending(0), budget(), now),
      quotaOf(pending(1000), budget({ signAt: ago(1000) }), now),
    ];
    expect(none).toEqual([undefined, undefined, undefined]);
  });
});
