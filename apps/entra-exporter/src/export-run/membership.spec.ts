import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Membership } from './membership.js';

function aMembership(heartbeat: () => Promise<void>) {
  const clock = { now: 0 };
  return { clock, membership: new Membership(heartbeat, () => clock.now) };
}

describe('the membership of a batch', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('lasts as long as heartbeats are answered', async () => {
    const { clock, membership } = aMembership(() => Promise.resolve());
    for (let second = 0; second < 60; second++) {
      clock.now += 1000;
      await vi.advanceTimersByTimeAsync(1000);
      expect(membership.lost).toBe(false);
    }
    membership.end();
  });

  it('is over when the group does not know the member', async () => {
    const { membership } = aMembership(() => Promise.reject(new Error('unknown member')));
    await vi.advanceTimersByTimeAsync(1000);
    expect(membership.lost).toBe(true);
    membership.end();
  });

  it('is over at once for a process that was stopped so long that it may have a successor, before anything is answered', () => {
    const { clock, membership } = aMembership(() => Promise.resolve());
    clock.now = 12_000;
    expect(membership.lost).toBe(true);
    membership.end();
  });

  it('is over when nobody answers', async () => {
    const { clock, membership } = aMembership(() => new Promise(() => undefined));
    for (let second = 0; second < 7; second++) {
      clock.now += 1000;
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(membership.lost).toBe(true);
    membership.end();
  });

  it('asks nobody any more when it was ended', async () => {
    const heartbeat = vi.fn(() => Promise.resolve());
    const { membership } = aMembership(heartbeat);
    membership.end();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(heartbeat).not.toHaveBeenCalled();
  });
});
