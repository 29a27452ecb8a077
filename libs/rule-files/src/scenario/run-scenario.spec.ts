import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { formatProblem } from '../document/problem.js';
import { defaultRulesFolder, readDefaults } from '../rule-set/load-rule-set.js';
import { printScenarioReport, runScenarioPaths } from './run-scenario.js';

const defaults = readDefaults(defaultRulesFolder);
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function run(text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'scenario-'));
  folders.push(folder);
  writeFileSync(join(folder, 'a.yaml'), text);
  return runScenarioPaths([folder], { defaults });
}

const head = `scenario: A user
connectors:
  corp: {type: ad, forest: corp.test, domains: {corp.test: CORP}}
  entra: {type: entra}
steps:
  - import: corp
    objects:
      - {type: user, dn: "CN=Kim,DC=corp,DC=test", objectGUID: 00112233-4455-6677-8899-aabbccddeeff, attributes: {sAMAccountName: kim, userAccountControl: 514, DISPLAYNAME: Kim}}
`;
const differencesOf = (step: string): readonly string[] =>
  run(`${head}  - ${step}\n`).scenarios[0]?.differences ?? ['not run'];

describe('a scenario', () => {
  it('passes when everything is as expected', () => {
    const report = run(
      `${head}  - expect: {metaverse: [{where: {accountName: KIM}, attributes: {sourceAnchor: "MyIRAFVEd2aImaq7zN3u/w==", displayName: Kim}, connectors: 1}], exports: {entra: [{operation: add}]}, errors: []}\n`,
    );
    expect(printScenarioReport(report)).toBe('ok     A user\n1 passed, 0 failed');
  });

  it('may name the statements it covers; other keys stay mistakes', () => {
    expect(run(`covers: [area/1-thing]\n${head}`).passed).toBe(1);
    expect(run(`cover: [area/1-thing]\n${head}`).problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('cover'),
    ]);
  });

  it('knows an object by the cloud anchor that an export gave it', () => {
    const steps = `  - export: entra
    rewrites: [{where: {onPremisesSamAccountName: kim}, attributes: {cloudAnchor: User_1}}]
  - import: entra
    objects: [{type: user, attributes: {cloudAnchor: User_1, usageLocation: "NO"}}]
  - expect:
      connectorSpace: [{connector: entra, count: 1}]
      metaverse: [{where: {accountName: kim}, attributes: {usageLocation: "NO"}}]
`;
    expect(printScenarioReport(run(`${head}${steps}`))).toBe('ok     A user\n1 passed, 0 failed');
  });

  it('tells a wrong value, its contributor and the expected one', () => {
    expect(
      differencesOf('expect: {metaverse: [{where: {accountName: kim}, attributes: {accountEnabled: true}}]}'),
    ).toEqual([
      'step 2: metaverse {accountName: "kim"}: accountEnabled expected true, is false (from "In from AD - User Common" of corp)',
    ]);
  });

  it('tells a wrong rule, a value that should be absent and a wrong number of connectors', () => {
    const found = differencesOf(
      'expect: {metaverse: [{where: {accountName: kim}, from: {displayName: Other}, absent: [cn], connectors: 2}]}',
    );
    expect(found).toHaveLength(3);
  });

  it('tells an object that is not there', () => {
    expect(differencesOf('expect: {metaverse: [{where: {accountName: lee}}]}')[0]).toContain(
      'expected exactly one object, found 0; there are: person "kim"',
    );
    expect(differencesOf('expect: {metaverse: {count: 2}}')).toEqual([
      'step 2: metaverse: expected 2 objects, found 1',
    ]);
    expect(differencesOf('expect: {metaverse: [{where: {accountName: kim}, exists: false}]}')).toHaveLength(1);
  });

  it('tells exports that are missing and exports that are not expected', () => {
    expect(differencesOf('expect: {exports: {entra: []}}')[0]).toContain('not expected: add user CN={');
    expect(differencesOf('expect: {exports: {entra: [{operation: delete}, {others: allowed}]}}')[0]).toContain(
      'no pending delete; nearest: operation is add',
    );
    expect(differencesOf('expect: {exports: {entra: [{attributes: {displayName: Lee}}]}}')[0]).toContain(
      'displayName is "Kim" instead of "Lee"',
    );
    expect(differencesOf('expect: {exports: {entra: [{absent: [displayName]}]}}')[0]).toContain(
      'displayName is exported as "Kim"',
    );
    expect(differencesOf('expect: {exports: {entra: [{others: allowed}]}}')).toEqual([]);
  });

  it('tells errors that are missing', () => {
    expect(differencesOf('expect: {errors: [{code: ambiguous-join}]}')).toEqual([
      'step 2: errors: expected ambiguous-join on ? ?',
    ]);
  });

  it('reports a file it cannot read with line, column and the nearest key', () => {
    const report = run(`${head}  - exepct: {}\n`);
    expect(report.problems.map((one) => formatProblem(one).replace(/^.*a\.yaml:/, ''))[0]).toMatch(
      /^9:\d+ Unknown key "exepct"\. Did you mean "expect"\?$/,
    );
  });
});
