import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deprovision } from '../sync/deprovision.js';
import type { CsObject, PendingExport } from '../sync/model.js';
import { Overlay } from '../sync/overlay.js';
import { Transaction } from '../sync/transaction.js';
import { MemoryIndex } from '../testing/memory-index.js';
import { planOf } from '../testing/rule-builders.js';
import { acknowledgeExport, failExport } from './acknowledge-export.js';
import { csTransitions, stateOf, type CsEvent, type CsState } from './cs-state.js';
import { stageImport } from './stage-import.js';

const link = { mv: 'm', action: 'provision', rule: 'r', provision: 'r' } as const;
const base: CsObject = {
  id: 'c',
  connector: 'entra',
  type: 'user',
  anchor: 'a',
  dn: 'CN=c',
  state: 'imported',
  imported: {},
  importedDelete: false,
  rules: [],
};
const remove: PendingExport = { operation: 'delete', changes: {} };
const add: PendingExport = { operation: 'add', changes: { title: 'Dr' } };

const examples: Readonly<Record<Exclude<CsState, 'removed'>, CsObject>> = {
  placeholder: { ...base, state: 'placeholder' },
  unsent: { ...base, state: 'export', link, pendingExport: add },
  sending: { ...base, state: 'export', link, pendingExport: add, inFlight: 'add' },
  acknowledged: { ...base, state: 'export', link, unconfirmed: add },
  imported: { ...base, link },
  'delete-pending': { ...base, pendingExport: remove },
  'delete-sending': { ...base, pendingExport: remove, inFlight: 'delete' },
  gone: { ...base, importedDelete: true },
};

function after(cs: CsObject, event: CsEvent): CsObject | null {
  const change = { id: 'c', connector: 'entra', anchor: 'a', type: 'user', dn: 'CN=c', attributes: {} };
  switch (event) {
    case 'import':
      return stageImport(cs.state === 'placeholder' ? undefined : cs, { ...change, mode: 'whole' }, { canRefute: true })
        .object;
    case 'import-delete':
      return stageImport(cs, { ...change, mode: 'delete' }, { canRefute: true }).object;
    case 'send':
      return { ...cs, inFlight: cs.pendingExport?.operation };
    case 'acknowledge':
      return acknowledgeExport(cs, { operation: cs.inFlight ?? 'update', changes: {} }).object;
    case 'fail':
      return failExport(cs);
    case 'deprovision': {
      if (cs.link === undefined) return cs;
      const plan = planOf([]);
      const services = { now: new Date(0), random: () => 0, newId: () => '' };
      return deprovision(new Transaction(new Overlay(new MemoryIndex(plan), plan), plan, services, undefined), cs);
    }
  }
}

const cells = Object.entries(csTransitions).flatMap(([state, events]) =>
  Object.entries(events).map(([event, next]) => [state, event, next] as const),
);

describe('states of a connector-space object', () => {
  it.each(Object.entries(examples))('%s is told from the fields', (state, cs) => {
    expect(stateOf(cs)).toBe(state);
  });

  it.each(cells.filter(([, , next]) => next !== 'never'))('%s, on %s, becomes %s', (state, event, next) => {
    expect(stateOf(after(examples[state as Exclude<CsState, 'removed'>], event as CsEvent))).toBe(next);
  });

  it('has the table of SPEC.md', () => {
    const spec = readFileSync(new URL('./SPEC.md', import.meta.url), 'utf8');
    const rows = Object.entries(csTransitions).map(
      ([state, { import: seen, 'import-delete': gone, send, acknowledge, fail, deprovision: ended }]) =>
        `| \`${state}\` | ${[seen, gone, send, acknowledge, fail, ended].map((next) => (next === 'never' ? 'x' : next === state ? '-' : next)).join(' | ')} |`,
    );
    for (const row of rows) expect(spec).toContain(row);
  });
});
