import { describe, expect, it } from 'vitest';
import { decideEdges, type Pair, type ReferenceChain } from './target-edges.js';

const chain = (source: string): ReferenceChain => ({
  source,
  sourceAttribute: 'member',
  target: 'entra',
  targetAttribute: 'member',
});
const pair: Pair = { g: 'group', m: 'person', a: 'member' };
const forests = [chain('corp'), chain('res')];

/** Whether the edge is desired when these forests name the member. */
function desired(...naming: readonly string[]): boolean | undefined {
  const [edge, ...others] = decideEdges(forests, [pair], (_pair, { source }) => naming.includes(source));
  expect(others).toEqual([]);
  return edge?.desired;
}

describe('a membership that several forests can state', () => {
  it('is desired while one of them does, whichever', () => {
    expect(desired('corp')).toBe(true);
    expect(desired('res')).toBe(true);
    expect(desired('corp', 'res')).toBe(true);
  });

  it('is not desired when none does', () => {
    expect(desired()).toBe(false);
  });

  it('does not concern the flows of other attributes', () => {
    expect(decideEdges(forests, [{ ...pair, a: 'authOrig' }], () => true)).toEqual([]);
  });
});
