import { describe, expect, it } from 'vitest';
import { decideDeletionGate } from './deletion-gate.js';
import { decideMembershipLossGate } from './membership-loss-gate.js';

describe('deletion gate', () => {
  const input = { pendingDeletes: 500, unapprovedReleased24h: 0, threshold: 500, action: 'hold-deletes' } as const;

  it('releases at the threshold and holds above it', () => {
    expect(decideDeletionGate(input)).toEqual({ release: 'all' });
    expect(decideDeletionGate({ ...input, pendingDeletes: 501 })).toEqual({
      release: 'no-deletes',
      counted: 501,
      threshold: 500,
    });
  });

  it('counts what was released unapproved in the last day', () => {
    expect(decideDeletionGate({ ...input, pendingDeletes: 1, unapprovedReleased24h: 500 })).toMatchObject({
      release: 'no-deletes',
      counted: 501,
    });
    expect(decideDeletionGate({ ...input, pendingDeletes: 0, unapprovedReleased24h: 900 })).toEqual({ release: 'all' });
  });

  it('stops everything by pending deletes alone when told to', () => {
    const stop = { ...input, action: 'stop-all' } as const;
    expect(decideDeletionGate({ ...stop, unapprovedReleased24h: 400 })).toEqual({ release: 'all' });
    expect(decideDeletionGate({ ...stop, pendingDeletes: 501 })).toMatchObject({ release: 'nothing' });
  });

  it('releases everything when it is off', () => {
    expect(decideDeletionGate({ ...input, pendingDeletes: 9999, threshold: undefined })).toEqual({ release: 'all' });
  });
});

describe('membership-loss gate', () => {
  const input = { losses: [], unapprovedReleased24h: 0, groupRatio: 0.5, groupMinimum: 10, total: 100 };

  it('holds a group that loses more than its part, but not a small one', () => {
    const losses = [
      { group: 'big', removals: 60, members: 100 },
      { group: 'half', removals: 20, members: 40 },
      { group: 'small', removals: 10, members: 10 },
    ];
    expect(decideMembershipLossGate({ ...input, losses })).toEqual({
      heldGroups: ['big'],
      holdAll: false,
      counted: 90,
    });
  });

  it('holds all removals above the total', () => {
    const losses = [{ group: 'g', removals: 1, members: 1000 }];
    expect(decideMembershipLossGate({ ...input, losses, unapprovedReleased24h: 100 })).toMatchObject({
      holdAll: true,
      counted: 101,
    });
    expect(decideMembershipLossGate({ ...input, unapprovedReleased24h: 200 })).toMatchObject({ holdAll: false });
  });
});
