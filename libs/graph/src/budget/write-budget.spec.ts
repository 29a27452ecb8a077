import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LAPSE_MS, MemoryBudgetStore } from './budget-store.js';
import { PUBLISHED_WRITES, minutesLeft } from './quota.js';
import { WriteBudget } from './write-budget.js';

const QUOTA = PUBLISHED_WRITES;

function aBudget(replicas = 1) {
  const clock = { now: 1000 };
  const now = () => clock.now;
  const store = new MemoryBudgetStore(QUOTA, now);
  const budgets = Array.from({ length: replicas }, () => new WriteBudget({ store, quota: QUOTA, now }));
  return { clock, store, budgets, budget: budgets[0] ?? new WriteBudget({ store }) };
}

describe('the budget of writes', () => {
  it('limits nothing until the service speaks of a limit', async () => {
    const { budget } = aBudget();
    for (let batch = 0; batch < 1000; batch++) expect(await budget.draw(20)).toEqual({ writes: 20, waitMs: 0 });
    expect(budget.level).toBeUndefined();
  });

  it('knows from what it wrote before how much is left when the service first speaks of its limit', async () => {
    const { budget } = aBudget();
    for (let batch = 0; batch < 120; batch++) {
      await budget.draw(20);
      budget.settled(20);
    }
    await budget.notePercentage(0.8);
    expect(budget.level?.tokens).toBeCloseTo(600);
  });

  it('counts what is still on the way when it learns of the limit', async () => {
    const { budget } = aBudget();
    await budget.draw(20);
    await budget.draw(20);
    budget.settled(20);
    await budget.notePercentage(0.8);
    expect(budget.level?.tokens).toBeCloseTo(580);
  });

  it('takes the word of the service when others wrote too', async () => {
    const { budget } = aBudget();
    await budget.notePercentage(0.9);
    expect(budget.level?.tokens).toBeCloseTo(450); // 0.9 is anything from 0.85 on
  });

  it('waits for the bucket to fill after it was emptied', async () => {
    const { budget, clock } = aBudget();
    await budget.noteRefused(3000);
    expect(await budget.draw(20)).toEqual({ writes: 0, waitMs: 3950 });
    clock.now += 3950;
    expect(await budget.draw(20)).toEqual({ writes: 20, waitMs: 0 });
  });

  it('does not lose tokens to the rounding of the percentage', async () => {
    const { budget, clock } = aBudget();
    await budget.noteRefused(1000);
    clock.now += 5000;
    const before = budget.level?.tokens;
    await budget.notePercentage(1);
    expect(budget.level?.tokens).toBe(before);
  });

  it('uses what was drawn and not sent for the next draw', async () => {
    const { budget } = aBudget();
    await budget.notePercentage(1);
    const before = budget.level?.tokens ?? 0;
    await budget.draw(20);
    budget.giveBack(15);
    expect(await budget.draw(15)).toEqual({ writes: 15, waitMs: 0 });
    expect(budget.level?.tokens).toBe(before - 20);
  });

  it('learns that the service allows less than published, and takes it back slowly', async () => {
    const { budget, clock } = aBudget();
    await budget.noteRefused(1000, 20);
    for (let second = 0; second < 20; second++) {
      clock.now += 1000;
      await budget.draw(2);
      budget.settled(2);
    }
    await budget.noteRefused(1000, 20); // 20 of 40 were taken in 20 s
    expect(budget.level?.perSecond).toBe(1);
    clock.now += 60_000;
    expect(budget.level?.perSecond).toBeCloseTo(1.2);
    clock.now += 100_000_000;
    expect(budget.level?.perSecond).toBe(20);
  });

  it('forgets a limit that shows no sign any more', async () => {
    const { budget, clock } = aBudget();
    await budget.noteRefused(10_000);
    clock.now += LAPSE_MS + 1;
    expect(await budget.draw(20)).toEqual({ writes: 20, waitMs: 0 });
    expect(budget.level).toBeUndefined();
  });

  it('never grants more than the bucket held and gained, however many replicas draw', async () => {
    const step = fc.record({ replica: fc.nat(2), writes: fc.integer({ min: 1, max: 20 }), ms: fc.nat(3000) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { budgets, clock, store } = aBudget(3);
        await store.observe(100, 0);
        for (const budget of budgets) await budget.notePercentage(1);
        const begin = clock.now;
        let granted = 0;
        for (const { replica, writes, ms } of steps) {
          clock.now += ms;
          granted += (await budgets[replica]?.draw(writes))?.writes ?? 0;
        }
        expect(granted).toBeLessThanOrEqual(100 + ((clock.now - begin) * QUOTA.perSecond) / 1000 + 1e-6);
      }),
    );
  });
});

describe('the time that is left', () => {
  it.each([
    [100_000, 600, 82.83],
    [500, 600, 0],
    [600, -600, 1],
  ])('for %i writes with %i tokens is %d minutes', (writes, tokens, minutes) => {
    expect(minutesLeft(writes, { tokens, at: 0, perSecond: 20 })).toBeCloseTo(minutes, 1);
  });
});
