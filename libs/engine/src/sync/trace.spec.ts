import { describe, expect, it } from 'vitest';
import { basicRules, direct, expression, importUser, inbound, spaceOf } from '../testing/rule-builders.js';
import type { TraceEvent } from './trace.js';

function explain(attributes: Record<string, string>): readonly TraceEvent[] {
  const extra = inbound({
    name: 'Title',
    precedence: 110,
    flows: [direct('displayName', 'nick'), expression('title', 'UCase(Trim([t]))')],
  });
  const space = spaceOf([...basicRules(), extra]);
  importUser(space, 'kim', { displayName: 'Kim', nick: 'K', ...attributes });
  const events: TraceEvent[] = [];
  space.preview('corp|guid-kim', (event) => events.push(event));
  expect(space.metaverse()).toEqual([]);
  return events;
}

const attribute = (events: readonly TraceEvent[], name: string, direction: 'inbound' | 'outbound' = 'inbound') =>
  events.find((event) => event.kind === 'attribute' && event.attribute === name && event.direction === direction);

describe('explanation of a decision', () => {
  it('shows winners and losers of an attribute with the values they gave', () => {
    expect(attribute(explain({}), 'displayName')).toMatchObject({
      result: 'Kim',
      contributions: [
        { rule: 'In User Common', verdict: 'won', value: 'Kim' },
        { rule: 'Title', verdict: 'outranked', value: 'K' },
      ],
    });
  });

  it('shows rules of lower precedence that have the same flow', () => {
    const same = inbound({ name: 'Same', precedence: 120, flows: [direct('displayName', 'displayName')] });
    const space = spaceOf([...basicRules(), same]);
    importUser(space, 'kim', { displayName: 'Kim' });
    const events: TraceEvent[] = [];
    space.preview('corp|guid-kim', (event) => events.push(event));
    expect(attribute(events, 'displayName')).toMatchObject({
      contributions: [{ verdict: 'won' }, { rule: 'Same', verdict: 'outranked', value: 'Kim' }],
    });
  });

  it('shows the values of sub-expressions', () => {
    const event = attribute(explain({ t: ' dr ' }), 'title');
    const steps = event?.kind === 'attribute' ? event.contributions[0]?.steps : [];
    expect(steps?.length).toBeGreaterThan(2);
  });

  it('names the clause that keeps a rule out of scope', () => {
    const rule = explain({ filtered: 'True' }).find((event) => event.kind === 'rule' && event.rule === 'Out User Join');
    expect(rule).toMatchObject({ inScope: false, failing: [{ attribute: 'filtered', operator: 'NOTEQUAL' }] });
  });

  it('names the group of clauses that brings a rule into scope', () => {
    const rule = explain({}).find((event) => event.kind === 'rule' && event.rule === 'Out User Join');
    expect(rule).toMatchObject({ inScope: true, holding: [{ attribute: 'filtered' }, { attribute: 'anchor' }] });
  });

  it('shows joins tried, the link made and the export', () => {
    const kinds = explain({}).filter(({ kind }) => kind === 'join' || kind === 'link' || kind === 'export');
    expect(kinds).toMatchObject([
      { kind: 'join', rule: 'In User Join', group: 0, matches: [] },
      { kind: 'link', action: 'projected' },
      { kind: 'join', rule: 'Out User Join', matches: [] },
      { kind: 'link', action: 'provisioned' },
      { kind: 'export', operation: 'add', changes: { displayName: 'Kim' } },
    ]);
  });

  it('decides as without a trace', () => {
    const space = spaceOf(basicRules());
    importUser(space, 'kim', { displayName: 'Kim' });
    const quiet = space.preview('corp|guid-kim').changes;
    const traced = space.preview('corp|guid-kim', () => undefined).changes;
    const contents = (changes: typeof quiet) => [...changes.mv.values()].map((mv) => mv?.attributes);
    expect(contents(traced)).toEqual(contents(quiet));
  });
});
