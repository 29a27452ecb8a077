import type { ConnectorDefinition } from '@adjoin/engine';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { formatProblem } from '../document/problem.js';
import type { RuleOptions } from '../options/rule-options.js';
import { defaultRulesFolder, loadRuleSet, readDefaults, type RuleSetLoad } from './load-rule-set.js';

const defaults = readDefaults(defaultRulesFolder);
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function anAd(name: string, order: number): ConnectorDefinition {
  return { name, id: `00000000-0000-0000-0000-00000000000${order}`, kind: 'ad', order, parameters: {}, partitions: {} };
}
const entra: ConnectorDefinition = {
  name: 'entra',
  id: '00000000-0000-0000-0000-0000000000ee',
  kind: 'entra',
  order: 9,
  parameters: {},
  partitions: {},
};

function overlayOf(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'rules-'));
  folders.push(folder);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'own.yaml'), text);
  return folder;
}

function load(options: RuleOptions = {}, overlay?: string, forests = ['corp']): RuleSetLoad {
  const connectors = [...forests.map((name, index) => anAd(name, index)), entra];
  return loadRuleSet({ defaults, options, connectors, overlays: overlay === undefined ? [] : [overlayOf(overlay)] });
}

function rulesOf(result: RuleSetLoad) {
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.ruleSet.rules;
}
function problemsOf(result: RuleSetLoad): string[] {
  return result.ok ? [] : result.problems.map((one) => formatProblem(one).replace(/^.*own\.yaml:/, ''));
}

describe('the default rules', () => {
  const optionSets: readonly RuleOptions[] = [
    {},
    {
      sourceAnchor: 'ms-DS-ConsistencyGuid',
      identifyUsersBy: 'sid',
      features: ['exchange', 'lync', 'hybridExchange', 'devices', 'deviceWriteback', 'preferredDataLocation'],
    },
    {
      sourceAnchor: 'employeeID',
      identifyUsersBy: 'mail',
      signInAttribute: 'mail',
      groupFilter: { corp: 'CN=Pilot,DC=corp,DC=test' },
    },
    { sourceAnchor: 'objectSid', identifyUsersBy: 'samAccountName', features: [] },
    { identifyUsersBy: { attribute: 'employeeID' } },
  ];
  it.each(optionSets)('are free of problems with the options %j', (options) => {
    expect(problemsOf(load(options, undefined, ['corp', 'res']))).toEqual([]);
  });

  it('come in the order of the shipped list, from 100 up without gaps', () => {
    const rules = rulesOf(load());
    expect(rules[0]?.name).toBe('In from AD - User Join');
    expect(rules.map(({ precedence }) => precedence)).toEqual(rules.map((_, index) => 100 + index));
  });

  it('repeat every rule for each forest before the next rule, in the order the forests were added', () => {
    const rules = rulesOf(load({}, undefined, ['corp', 'res']));
    expect(rules.slice(0, 4).map(({ id }) => id)).toEqual([
      'In from AD - User Join @ corp',
      'In from AD - User Join @ res',
      'In from AD - InetOrgPerson Join @ corp',
      'In from AD - InetOrgPerson Join @ res',
    ]);
  });

  it('join users by the source anchor, by SID, by mail or by an attribute as chosen', () => {
    const join = (options: RuleOptions) =>
      rulesOf(load(options))[0]?.join.map((group) =>
        group.map(({ csAttribute, mvAttribute }) => `${csAttribute}=${mvAttribute}`).join(),
      );
    expect(join({})).toEqual(['objectGUID=sourceAnchorBinary']);
    expect(join({ sourceAnchor: 'ms-DS-ConsistencyGuid' })).toEqual([
      'ms-DS-ConsistencyGuid=sourceAnchorBinary',
      'objectGUID=sourceAnchorBinary',
    ]);
    expect(join({ identifyUsersBy: 'sid' })).toHaveLength(5);
    expect(join({ identifyUsersBy: { attribute: 'employeeID' } })).toEqual(['employeeID=employeeID']);
  });

  it('use the chosen member limit in the scope and in the guard of groups', () => {
    const rule = rulesOf(load({ memberLimit: 3 })).find(({ name }) => name === 'Out to AAD - Group Join');
    expect(rule?.scope[1]).toContainEqual({ attribute: 'memberCount', operator: 'LESSTHAN', value: '3' });
    expect(JSON.stringify(rule?.flows)).toContain('[memberCount] > 3');
  });
});

describe('an overlay', () => {
  it('adds an own rule before the default rules, once per forest', () => {
    const rules = rulesOf(
      load(
        {},
        'rules: [{name: Mine, precedence: 50, connector: ad, direction: inbound, from: user, to: person, flows: {department: {constant: Lab}}}]',
        ['corp', 'res'],
      ),
    );
    expect(rules.slice(0, 2).map(({ id, precedence }) => `${precedence} ${id}`)).toEqual([
      '50 Mine @ corp',
      '51 Mine @ res',
    ]);
  });

  it('puts a rule in front of a default rule, which moves up', () => {
    const rules = rulesOf(
      load(
        {},
        'rules: [{name: Mine, before: In from AD - User Join, connector: corp, direction: inbound, from: user, to: person, flows: {department: {constant: Lab}}}]',
      ),
    );
    expect(rules.slice(0, 2).map(({ name, precedence }) => `${precedence} ${name}`)).toEqual([
      '100 Mine',
      '101 In from AD - User Join',
    ]);
  });

  it('disables a default rule and clones another with more scope', () => {
    const rules = rulesOf(
      load(
        {},
        'disable: [In from AD - Contact Join]\nclone: [{of: Out to AAD - User Join, name: Only lab, precedence: 10, addToScope: [mail ENDSWITH @lab.test]}]',
      ),
    );
    const find = (name: string) => rules.find((rule) => rule.name === name);
    expect(find('In from AD - Contact Join')?.disabled).toBe(true);
    expect(find('Out to AAD - User Join')?.disabled).toBe(true);
    expect(find('Only lab')).toMatchObject({ disabled: false, standard: false, precedence: 10, linkType: 'Provision' });
    expect(find('Only lab')?.scope[0]?.at(-1)).toEqual({ attribute: 'mail', operator: 'ENDSWITH', value: '@lab.test' });
  });

  it('refuses two rules with one number', () => {
    const rule = (name: string) =>
      `{name: ${name}, precedence: 50, connector: ad, direction: inbound, from: user, to: person}`;
    expect(problemsOf(load({}, `rules:\n  - ${rule('A')}\n  - ${rule('B')}`))).toEqual([
      '3:27 Precedence 50 of "B @ corp" is already used by "A @ corp"; every rule needs its own number.',
    ]);
  });

  it('reports every problem at once with line, column and the nearest name', () => {
    const text = `rules:
  - name: Mine
    connector: ad
    direction: inbound
    from: usr
    to: person
  - name: Other
    connector: ad
    direction: inbound
    from: user
    to: person
    scope:
      - - departmnt EQUALS Lab
      - - departmnt EQUAL Lab
    flows:
      displayNam: cn
      department: = Trm([department])
      title: |
        = IIF(IsPresent([title]),
          Left([titel],5), NULL)
`;
    expect(problemsOf(load({}, text))).toEqual([
      '5:11 Unknown object type "usr". Did you mean "user"?',
      '13:21 Unknown scope operator "EQUALS". Did you mean "EQUAL"?',
      '14:11 Unknown attribute "departmnt". Did you mean "department"?',
      '16:7 Unknown attribute "displayNam" of person. Did you mean "displayName"?',
      '17:21 There is no function Trm. Did you mean "Trim"?',
      '20:16 There is no attribute [titel]. Did you mean "title"?',
    ]);
  });

  it('refuses ImportedValue in outbound rules at its place', () => {
    const text = `rules:
  - name: Mine
    connector: entra
    direction: outbound
    from: person
    to: user
    flows:
      info: = Trim(ImportedValue("info"))
`;
    expect(problemsOf(load({}, text))).toEqual([
      '8:20 ImportedValue can only be used by inbound rules; in an outbound rule write [info].',
    ]);
  });

  it('reports unknown keys with the nearest key', () => {
    expect(
      problemsOf(
        load({}, 'rules:\n  - name: A\n    conector: ad\n    direction: inbound\n    from: user\n    to: person'),
      ),
    ).toContain('3:5 Unknown key "conector". Did you mean "connector"?');
  });

  it('reports a YAML syntax error with its place', () => {
    expect(problemsOf(load({}, 'rules: [\n'))[0]).toMatch(/^\d+:\d+ /);
  });
});
