import { expect, it } from 'vitest';
import { importAttemptOf, runOfAttempts } from './import-run-document.js';

const step = (partition: string, rest: object) =>
  importAttemptOf({
    _id: `r:${partition}`,
    runId: 'r',
    profile: 'full-import',
    partition,
    attempt: 1,
    startedAt: new Date(0),
    ...rest,
  });

it('a run is in progress until its last partition ended, and sums what they counted', () => {
  const done = step('a', { status: 'success', endedAt: new Date(1000), counters: { objects: 2n } });
  const open = step('b', { status: 'in-progress', counters: { objects: 3 } });
  const attempts = [done, open].flatMap((one) => one ?? []);
  expect(runOfAttempts('corp', 'r', attempts)).toMatchObject({
    state: 'in-progress',
    endedAt: null,
    counters: { objects: 5 },
  });
});

it('a run failed when one partition failed, with its error', () => {
  const attempts = [
    step('a', { status: 'success', endedAt: new Date(1) }),
    step('b', { status: 'failed', endedAt: new Date(2), failure: { code: 'ADJ-IMP-1001', message: 'm' } }),
  ].flatMap((one) => one ?? []);
  expect(runOfAttempts('corp', 'r', attempts)).toMatchObject({ state: 'failed', error: { code: 'ADJ-IMP-1001' } });
});

it('a run that nobody took is requested', () => {
  expect(runOfAttempts('corp', 'r', [])).toMatchObject({ state: 'requested', startedAt: null });
});
