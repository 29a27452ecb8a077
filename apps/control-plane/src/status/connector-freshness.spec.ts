import { expect, it } from 'vitest';
import { sampleConfig } from '../testing/sample-config.js';
import { connectorStatusOf } from './connector-freshness.js';

const [corp] = sampleConfig.connectors;
const now = new Date('2026-01-01T00:01:00Z');
const at = (seconds: number): Date => new Date(now.getTime() - seconds * 1000);

it('is as fresh as the partition that was read longest ago', () => {
  if (corp === undefined) throw new Error('the sample has a connector');
  const cursors = [
    { lastDeltaAt: at(2), lastCompleteFullAt: at(50) },
    { lastDeltaAt: at(30), lastCompleteFullAt: at(40) },
  ];
  expect(connectorStatusOf(corp, undefined, cursors, now)).toMatchObject({
    freshnessSeconds: 30,
    lastCompleteImport: { at: at(50).toISOString() },
  });
});

it('has no complete import while one partition has none', () => {
  if (corp === undefined) throw new Error('the sample has a connector');
  const status = connectorStatusOf(corp, undefined, [{ lastDeltaAt: at(2), lastCompleteFullAt: at(50) }, {}], now);
  expect(status).toMatchObject({ freshnessSeconds: null, lastCompleteImport: null });
});

it('names what stops the reading of a domain, and what its scope lacks', () => {
  if (corp === undefined) throw new Error('the sample has a connector');
  const failure = { code: 'ADJ-IMP-1002', message: 'refused' };
  const renamed = { code: 'ADJ-IMP-1014', message: 'is now' };
  const cursors = [{ _id: 'DC=a', failure }, { _id: 'DC=b', warnings: [renamed] }, { _id: 'DC=c' }];
  expect(connectorStatusOf(corp, undefined, cursors, now).problems).toEqual([
    { partition: 'DC=a', ...failure },
    { partition: 'DC=b', ...renamed },
  ]);
});
