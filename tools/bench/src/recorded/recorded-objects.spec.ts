import { changeMessage } from '@adjoin/contracts';
import { describe, expect, it } from 'vitest';
import { groupBodies, guidOf, memberBodies, userBody } from './recorded-objects.js';

const AT = '2026-01-01T00:00:00.000Z';
const frame = {
  kind: 'object',
  connector: 'corp',
  partition: 'DC=corp,DC=test',
  version: { epoch: 1, seq: 1 },
  run: { id: 'r', attempt: 1, profile: 'delta-import' },
};

describe('recorded objects', () => {
  it('are messages as importers send them', () => {
    for (const body of [userBody(1, AT), ...groupBodies(9, [1, 2], 's', AT), ...memberBodies(9, { add: [3] }, AT)])
      expect(changeMessage.safeParse({ ...frame, ...body }).success).toBe(true);
  });

  it('have a GUID of their own', () => {
    expect(new Set(Array.from({ length: 1000 }, (_, n) => guidOf(n))).size).toBe(1000);
  });

  it('spread a large group over messages, the last one closed with the count', () => {
    const bodies = groupBodies(
      9,
      Array.from({ length: 4001 }, (_, n) => n),
      's',
      AT,
    );
    const sets = bodies.map(({ references }) => references?.['member']);
    expect(sets.map((one) => (one?.mode === 'set' ? [one.index, one.last, one.count, one.values.length] : []))).toEqual(
      [
        [0, false, 4001, 2000],
        [1, false, 4001, 2000],
        [2, true, 4001, 1],
      ],
    );
    expect(bodies.map(({ op }) => op)).toEqual(['whole', 'delta', 'delta']);
  });

  it('a removal of many members comes in messages of the largest size', () => {
    const bodies = memberBodies(9, { remove: Array.from({ length: 2500 }, (_, n) => n) }, AT);
    const counts = bodies.map(({ references }) => {
      const member = references?.['member'];
      return member?.mode === 'change' ? member.remove.length : 0;
    });
    expect(counts).toEqual([2000, 500]);
  });
});
