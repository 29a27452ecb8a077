import { describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diffRules } from './diff-rules.js';
import { listRules, showRule } from './list-rules.js';
import { validateFolder } from './validate-folder.js';
import { ruleFingerprint } from '../rule-set/fingerprint.js';

function ruleSetOf(overlay?: string) {
  const folder = mkdtempSync(join(tmpdir(), 'rules-'));
  try {
    if (overlay !== undefined) writeFileSync(join(folder, 'own.yaml'), overlay);
    const result = validateFolder(overlay === undefined ? undefined : folder);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    return result.ruleSet;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('looking at rules', () => {
  it('lists rules by precedence', () => {
    expect(listRules(ruleSetOf())[0]).toMatchObject({
      precedence: 100,
      name: 'In from AD - User Join',
      link: 'Provision',
      standard: true,
    });
  });

  it('shows a rule by name and suggests the nearest name otherwise', () => {
    expect(showRule(ruleSetOf(), 'in from ad - user join')).toMatchObject({ ok: true });
    expect(showRule(ruleSetOf(), 'In from AD - User Jion')).toEqual({
      ok: false,
      suggestion: 'In from AD - User Join',
    });
  });

  it('tells what an overlay changes and nothing about moved numbers', () => {
    const after = ruleSetOf(
      'rules: [{name: Mine, before: In from AD - User Join, connector: corp, direction: inbound, from: user, to: person, flows: {title: department}}]\ndisable: [In from AD - Contact Join]',
    );
    expect(diffRules(ruleSetOf(), after)).toEqual([
      {
        rule: 'Mine @ corp',
        kind: 'added',
        changes: ['precedence 100, inbound, user → person, Join', 'flow title: [department]'],
      },
      { rule: 'In from AD - Contact Join @ corp', kind: 'disabled', changes: [] },
    ]);
  });

  it('gives a rule the same fingerprint whatever its number, its state and the layout of its expressions', () => {
    const [rule] = ruleSetOf().rules;
    if (rule === undefined) throw new Error('no rules');
    const moved = {
      ...rule,
      precedence: 7,
      id: 'x',
      disabled: true,
      flows: rule.flows.map((flow) =>
        flow.kind === 'expression' ? { ...flow, expression: flow.expression.replace(/\n\s*/g, '  ') } : flow,
      ),
    };
    expect(ruleFingerprint(moved)).toBe(ruleFingerprint(rule));
    expect(ruleFingerprint({ ...rule, passwordSync: true })).not.toBe(ruleFingerprint(rule));
  });
});
