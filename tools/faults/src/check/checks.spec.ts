import { statusAnswer } from '@adjoin/contracts';
import { describe, expect, it } from 'vitest';
import { pairOf } from '../changes/change-log.js';
import { doubledEffects, wrongDeletions, wrongRemovals, type TenantHistory } from './journal-check.js';
import { notReturned, soakGrowth, type Holdings } from './memory-check.js';
import { openQueues } from './queue-check.js';
import { anchorsOf, tenantState, type TenantChange } from './tenant-change.js';
import { TitleWatch } from './title-watch.js';

const anchors = new Map([
  ['id-ann', 'ann'],
  ['id-bob', 'bob'],
  ['id-team', 'team'],
]);
let seq = 0;
const change = (kind: string, id: string, member?: string): TenantChange => ({
  seq: ++seq,
  type: id === 'id-team' ? 'group' : 'user',
  id,
  kind,
  cause: 'somebody',
  ...(member === undefined ? {} : { member }),
});
const history = (changes: readonly TenantChange[], made: Partial<TenantHistory['made']> = {}): TenantHistory => ({
  changes,
  anchors,
  made: { gone: new Set(), removed: new Set(), added: new Map(), ...made },
});

describe('the checker finds', () => {
  it('an object that was deleted and never left the directory, even when it came back', () => {
    const planted = [change('created', 'id-ann'), change('deleted', 'id-ann'), change('restored', 'id-ann')];
    expect(wrongDeletions(history(planted))).toHaveLength(1);
    expect(wrongDeletions(history(planted, { gone: new Set(['ann']) }))).toEqual([]);
  });

  it('a deleted object nobody knows', () => {
    expect(wrongDeletions(history([change('deleted', 'id-stranger')]))).toHaveLength(1);
  });

  it('a member that was removed and is one in the directory', () => {
    const planted = [change('member-added', 'id-team', 'id-ann'), change('member-removed', 'id-team', 'id-ann')];
    expect(wrongRemovals(history(planted))).toHaveLength(1);
    expect(wrongRemovals(history(planted, { removed: new Set([pairOf('team', 'ann')]) }))).toEqual([]);
    expect(wrongRemovals(history(planted, { removed: new Set([pairOf('team', 'bob')]) }))).toHaveLength(1);
    expect(wrongRemovals(history(planted, { gone: new Set(['ann']) }))).toEqual([]);
  });

  it('an object that was created twice', () => {
    const ids = new Map([...anchors, ['id-ann-again', 'ann']]);
    const planted = [change('created', 'id-ann'), change('created', 'id-ann-again'), change('created', 'id-bob')];
    expect(doubledEffects({ ...history(planted), anchors: ids })).toEqual(['ann was created 2 times']);
  });

  it('a member that was added more often than the directory asked for', () => {
    const add = change('member-added', 'id-team', 'id-bob');
    const pair = pairOf('team', 'bob');
    expect(doubledEffects(history([add]))).toEqual([]);
    expect(doubledEffects(history([add, add]))).toHaveLength(1);
    expect(doubledEffects(history([add, add], { added: new Map([[pair, 1]]) }))).toEqual([]);
  });

  it('an old title behind a newer one', () => {
    const watch = new TitleWatch();
    for (const title of ['Clerk', 'Fault 3', 'Fault 9', 'Fault 3']) watch.observe(tenant({ jobTitle: title }));
    expect(watch.problems).toEqual(['user ann went from title 9 back to 3']);
    expect(watch.seen).toBe(2);
  });

  it('and no old title where numbers only grow', () => {
    const watch = new TitleWatch();
    for (const title of ['Clerk', 'Fault 3', 'Fault 3', 'Fault 10']) watch.observe(tenant({ jobTitle: title }));
    expect(watch.problems).toEqual([]);
  });

  it('open work, held exports, gates, unread messages and dead letters', () => {
    expect(openQueues(status(), {}, {})).toEqual([]);
    expect(openQueues(status({ backlog: 2, errors: 1 }), {}, {})).toHaveLength(2);
    expect(openQueues(status({ inFlight: 1 }), {}, {})).toHaveLength(1);
    expect(openQueues(status({ gate: 'baseline' }), {}, {})).toHaveLength(1);
    expect(openQueues(status(), { 'engine changes': 3 }, { dlq: 1 })).toHaveLength(2);
  });

  it('memory and handles that did not return', () => {
    const before: Holdings = { engine: { rssMb: 150, handles: 40 } };
    expect(notReturned(before, { engine: { rssMb: 300, handles: 50 } })).toEqual([]);
    expect(notReturned(before, { engine: { rssMb: 400, handles: 90 } })).toHaveLength(2);
    expect(notReturned({}, { engine: { rssMb: 600, handles: 90 } })).toHaveLength(1);
  });

  it('what grows during a soak, and no level that stays', () => {
    const samples = (rssMb: (n: number) => number): Holdings[] =>
      Array.from({ length: 30 }, (_, n) => ({ engine: { rssMb: rssMb(n), handles: 40 } }));
    expect(soakGrowth(samples((n) => (n < 10 ? 100 + n * 10 : 200)))).toEqual([]);
    expect(soakGrowth(samples((n) => 100 + n * 5))).toHaveLength(1);
    expect(soakGrowth(samples(() => 100).slice(0, 5))).toHaveLength(1);
  });
});

it('reads the anchors of users and groups from the state of a tenant', () => {
  const state = tenantState.parse({
    objects: [
      { id: '1', type: 'user', properties: { onPremisesImmutableId: 'ann' } },
      { id: '2', type: 'group', properties: { extension_app_sourceAnchor: 'team' } },
      { id: '3', type: 'application', properties: {} },
    ],
  });
  expect([...anchorsOf(state)]).toEqual([
    ['1', 'ann'],
    ['2', 'team'],
  ]);
});

function tenant(properties: Readonly<Record<string, string>>) {
  return tenantState.parse({
    objects: [{ id: '1', type: 'user', properties: { onPremisesImmutableId: 'ann', ...properties } }],
  });
}

function status(
  parts: {
    readonly backlog?: number;
    readonly errors?: number;
    readonly inFlight?: number;
    readonly gate?: string;
  } = {},
) {
  const at = '2026-01-01T00:00:00.000Z';
  return statusAnswer.parse({
    at,
    ok: true,
    mode: 'continuous',
    staging: 'off',
    processes: [],
    connectors: [
      {
        name: 'corp',
        type: 'ad',
        enabled: true,
        lastCompleteImport: null,
        freshnessSeconds: 1,
        lastSyncedAt: null,
        backlog: parts.backlog ?? 0,
        errors: parts.errors ?? 0,
      },
    ],
    targets: [
      {
        name: 'entra',
        pending: { adds: 0, updates: 0, deletes: 0, members: 0 },
        held: 0,
        inFlight: parts.inFlight ?? 0,
        unconfirmed: 0,
      },
    ],
    gates:
      parts.gate === undefined ? [] : [{ target: 'entra', gate: parts.gate, reason: 'why', since: null, count: 0 }],
    held: { exports: 0, deletions: 0, deletionHolds: 0 },
  });
}
