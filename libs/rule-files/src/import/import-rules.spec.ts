import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { validateFolder } from '../inspect/validate-folder.js';
import { importRules, type RuleImport } from './import-rules.js';

const AD = '{11111111-aaaa-4aaa-8aaa-000000000001}';
const CLOUD = '{22222222-bbbb-4bbb-8bbb-000000000002}';
const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

const agent = (id: string, name: string, about: string): string =>
  `<ma-data><id>${id.toUpperCase()}</id><name>${name}</name>${about}</ma-data>`;
const forest = (id: string, name: string): string =>
  agent(
    id,
    name,
    `<category>AD</category><private-configuration><adma-configuration><forest-name>${name}</forest-name></adma-configuration></private-configuration>`,
  );
const tenant = agent(
  CLOUD,
  'lab - AAD',
  '<category>Extensible2</category><subtype>Windows Azure Active Directory (Microsoft)</subtype>',
);

/** A rule of an export; `parts` replace or add elements. */
function exportedRule(name: string, parts: Readonly<Record<string, string>> = {}): string {
  const all: Record<string, string> = {
    id: `{${name}}`,
    name,
    description: '',
    'immutable-tag': '',
    direction: 'Inbound',
    disabled: 'False',
    connector: AD,
    sourceObjectType: 'user',
    targetObjectType: 'person',
    linkType: 'Join',
    precedence: '50',
    'precedence-before': '{00000000-0000-0000-0000-000000000000}',
    softDeleteExpiryInterval: '00:00:00',
    EnablePasswordSync: 'false',
    ...parts,
  };
  return `<synchronizationRule>\n${Object.entries(all)
    .map(([element, content]) => `<${element}>${content}</${element}>`)
    .join('\n')}\n</synchronizationRule>`;
}
const mapping = (to: string, source: string, rest = '', attributes = ''): string =>
  `<mapping${attributes}><dest>${to}</dest>${source}${rest.includes('valueMergeType') ? '' : '<valueMergeType>Update</valueMergeType>'}${rest}</mapping>`;
const clause = (attribute: string, operator: string, value: string): string =>
  `<scope><csAttribute>${attribute}</csAttribute><csOperator>${operator}</csOperator><csValue>${value}</csValue></scope>`;

function imported(rules: readonly string[], agents: readonly string[] = [forest(AD, 'lab.test'), tenant]): RuleImport {
  const folder = mkdtempSync(join(tmpdir(), 'import-'));
  folders.push(folder);
  for (const [name, texts] of [
    ['SynchronizationRules', rules],
    ['Connectors', agents],
  ] as const) {
    mkdirSync(join(folder, name));
    for (const [index, text] of texts.entries()) writeFileSync(join(folder, name, `${index}.xml`), text);
  }
  return importRules(folder);
}
const contentOf = (result: RuleImport) =>
  parse(result.overlay) as { rules?: Record<string, unknown>[]; disable?: string[] };
function checked(result: RuleImport) {
  const folder = mkdtempSync(join(tmpdir(), 'import-'));
  folders.push(folder);
  writeFileSync(join(folder, 'rules.yaml'), result.overlay);
  return validateFolder(folder, { connectors: result.connectors });
}
const serious = (result: RuleImport) => result.notes.filter(({ kind }) => kind !== 'info');

describe('import of rules of Entra Connect', () => {
  it('writes an own rule as a rule file that is valid and says the same', () => {
    const result = imported([
      exportedRule('In from AD - Visitors', {
        description: 'Asked for by HR.',
        linkType: 'Provision',
        EnablePasswordSync: 'true',
        synchronizationCriteria: `<conditions>${clause('employeeType', 'EQUAL', 'Visitor')}${clause('mail', 'ISNOTNULL', '')}</conditions><conditions>${clause('userAccountControl', 'ISNOTBITSET', '2')}</conditions>`,
        relationshipCriteria:
          '<conditions><condition><csAttribute>mail</csAttribute><ilmAttribute>mail</ilmAttribute></condition><condition><csAttribute>sAMAccountName</csAttribute><ilmAttribute>accountName</ilmAttribute><caseSensitive>True</caseSensitive></condition></conditions>',
        'attribute-mappings': [
          mapping('info', '<src><attr>comment</attr></src>'),
          mapping('department', '<src>Visitors</src>', '', ' execute-once="true"'),
          mapping(
            'displayName',
            '<src><attr>sn</attr><attr>cn</attr></src>',
            '<expression>[sn] &amp; ", " &amp; [cn]</expression>',
          ),
          mapping(
            'proxyAddresses',
            '<src><attr>proxyAddresses</attr></src>',
            '<valueMergeType>MergeCaseInsensitive</valueMergeType>',
          ),
        ].join(''),
      }),
    ]);
    expect(serious(result)).toEqual([]);
    expect(contentOf(result).rules).toEqual([
      {
        name: 'In from AD - Visitors',
        precedence: 50,
        connector: 'ad',
        description: 'Asked for by HR.',
        direction: 'inbound',
        from: 'user',
        to: 'person',
        link: 'Provision',
        passwordSync: true,
        scope: [['employeeType EQUAL Visitor', 'mail ISNOTNULL'], ['userAccountControl ISBITNOTSET 2']],
        join: ['mail = mail and sAMAccountName = accountName (case-sensitive)'],
        flows: {
          info: 'comment',
          department: { constant: 'Visitors', applyOnce: true },
          displayName: '= [sn] & ", " & [cn]',
          proxyAddresses: { direct: 'proxyAddresses', merge: 'MergeCaseInsensitive' },
        },
      },
    ]);
    const load = checked(result);
    expect(load.ok, load.ok ? '' : JSON.stringify(load.problems)).toBe(true);
  });

  it('does not repeat default rules, and disables those that the export disables', () => {
    const result = imported([
      exportedRule('In from AD - Contact Join', {
        'immutable-tag': 'Microsoft.InfromADContactJoin.001',
        disabled: 'True',
      }),
      exportedRule('In from AD - Room Join', { 'immutable-tag': 'Microsoft.InfromADRoomJoin.001' }),
    ]);
    expect(contentOf(result)).toEqual({ disable: ['In from AD - Contact Join'] });
    expect(serious(result)).toMatchObject([{ kind: 'left-out', rule: 'In from AD - Room Join' }]);
  });

  it('places an own rule among the default rules before the one that followed it', () => {
    const standard = (name: string, precedence: string): string =>
      exportedRule(name, { 'immutable-tag': 'Microsoft.InfromADx.001', precedence });
    const result = imported([
      standard('In from AD - User Join', '100'),
      exportedRule('Mine', { precedence: '101' }),
      standard('In from AD - User Common', '102'),
      exportedRule('Last', { precedence: '103' }),
    ]);
    expect(contentOf(result).rules).toMatchObject([{ name: 'Mine', before: 'In from AD - User Common' }]);
    expect(result.notes).toContainEqual(expect.objectContaining({ kind: 'left-out', rule: 'Last' }));
  });

  it('leaves a rule out whose scope cannot be said, because it would act on other objects', () => {
    const result = imported([
      exportedRule('Odd', { synchronizationCriteria: `<conditions>${clause('c', 'SOUNDSLIKE', 'NO')}</conditions>` }),
    ]);
    expect(contentOf(result).rules).toEqual([]);
    expect(serious(result)).toMatchObject([{ kind: 'left-out', rule: 'Odd', line: 1 }]);
    expect(serious(result)[0]?.message).toContain('SOUNDSLIKE');
  });

  it('lists flows and parts that it cannot say, each with its place', () => {
    const result = imported([
      exportedRule('Odd', {
        softDeleteExpiryInterval: '1.00:00:00',
        weather: 'sunny',
        'attribute-mappings': `${mapping('info', '<src><attr>a</attr><attr>b</attr></src>')}\n${mapping('title', '<src><attr>title</attr></src>', '', ' twice="yes"')}`,
      }),
    ]);
    expect(contentOf(result).rules).toMatchObject([{ name: 'Odd', flows: { title: 'title' } }]);
    const messages = serious(result)
      .map(({ message }) => message)
      .join('\n');
    for (const part of ['<weather>', 'mapping@twice', 'SoftDelete', 'flow to "info"']) expect(messages).toContain(part);
  });

  it('says when a rule has the name of a default rule, or the GUID of a connector', () => {
    const result = imported([
      exportedRule('In from AD - User Join', {
        synchronizationCriteria: `<conditions>${clause('info', 'EQUAL', AD)}</conditions>`,
      }),
    ]);
    expect(contentOf(result).rules).toMatchObject([{ name: 'In from AD - User Join (imported)' }]);
    expect(serious(result).map(({ kind }) => kind)).toEqual(['check', 'check']);
  });

  it('names the connector of a rule when there are several forests', () => {
    const other = '{33333333-cccc-4ccc-8ccc-000000000003}';
    const agents = [forest(AD, 'lab.test'), forest(other, 'res.test'), tenant];
    const result = imported([exportedRule('Mine', { connector: other })], agents);
    expect(contentOf(result).rules).toMatchObject([{ connector: 'res.test' }]);
    expect(
      serious(result)
        .map(({ message }) => message)
        .join(),
    ).toContain('--connector "res.test=name"');
  });

  it('reads properties under the names of the PowerShell module, and a list of rules in one file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'import-'));
    folders.push(folder);
    const file = join(folder, 'rules.xml');
    const one = `<SynchronizationRule><Identifier>x</Identifier><Name>Mine</Name><Direction>Outbound</Direction><Connector>${CLOUD}</Connector>
      <SourceObjectType>person</SourceObjectType><TargetObjectType>user</TargetObjectType><LinkType>Join</LinkType><Precedence>7</Precedence>
      <AttributeFlowMappings><AttributeFlowMapping><Destination>department</Destination><Source><attr>department</attr></Source>
      <ExecuteOnce>true</ExecuteOnce></AttributeFlowMapping></AttributeFlowMappings></SynchronizationRule>`;
    writeFileSync(
      file,
      `<export>${one}${exportedRule('Out to AAD - User Join', { 'immutable-tag': 'Microsoft.OuttoAADUserJoin.001', direction: 'Outbound', connector: CLOUD })}</export>`,
    );
    expect(contentOf(importRules(file)).rules).toMatchObject([
      {
        name: 'Mine',
        connector: 'entra',
        direction: 'outbound',
        flows: { department: { direct: 'department', applyOnce: true } },
      },
    ]);
  });

  it.each([
    ['text that is no XML', 'rules: []'],
    ['an open element', '<synchronizationRule>\n<name>'],
    ['a document type declaration', '<!DOCTYPE x [<!ENTITY a "b">]><synchronizationRule/>'],
  ])('names a file with %s', (_, text) => {
    expect(serious(imported([text]))).toMatchObject([
      { kind: 'unreadable', file: join('SynchronizationRules', '0.xml'), line: expect.any(Number) as number },
    ]);
  });

  it('reads groups and flow types as the PowerShell module names them', () => {
    const group = (list: string): string => `<ScopeConditionGroup>${list}</ScopeConditionGroup>`;
    const condition =
      '<ScopeCondition><Attribute>c</Attribute><ComparisonValue>NO</ComparisonValue><ComparisonOperator>EQUAL</ComparisonOperator></ScopeCondition>';
    const flow = (to: string, kind: string, rest: string): string =>
      `<AttributeFlowMapping><Destination>${to}</Destination><FlowType>${kind}</FlowType>${rest}</AttributeFlowMapping>`;
    const result = imported([
      exportedRule('Mine', {
        ScopeFilter: `${group(condition)}${group(`<ScopeConditionList>${condition}</ScopeConditionList>`)}`,
        AttributeFlowMappings: [
          flow('info', 'Direct', '<Source>comment</Source>'),
          flow('title', 'Constant', '<Source><string>Dr</string></Source>'),
          flow('company', 'Expression', '<Source><string>c</string></Source><Expression>UCase([c])</Expression>'),
          flow('department', 'Expression', '<Source><string>c</string></Source>'),
        ].join(''),
      }),
    ]);
    expect(contentOf(result).rules).toMatchObject([
      {
        scope: [['c EQUAL NO'], ['c EQUAL NO']],
        flows: { info: 'comment', title: { constant: 'Dr' }, company: '= UCase([c])' },
      },
    ]);
    expect(serious(result)).toMatchObject([{ kind: 'left-out', rule: 'Mine' }]);
  });

  it('drops nothing in silence: a part that stands there twice, a precedence that is no number, a place after another rule', () => {
    const result = imported([
      exportedRule('Twice', { linkType: 'Join</linkType><linkType>Provision' }),
      exportedRule('Wrong', { precedence: 'fifty' }),
      exportedRule('After', { precedence: '51', PrecedenceAfter: AD }),
      exportedRule('Proto', { precedence: '52', 'attribute-mappings': mapping('__proto__', '<src>x</src>') }),
    ]);
    expect(contentOf(result).rules?.map(({ name }) => name)).toEqual(['Twice', 'After', 'Proto']);
    expect(result.overlay).toContain('__proto__:');
    const found = serious(result).map(({ rule, message }) => `${rule}: ${message}`);
    expect(found).toEqual([
      expect.stringContaining('Wrong: The whole rule is left out. The precedence'),
      expect.stringContaining('Twice: A second <linkType>'),
      expect.stringContaining('After: PrecedenceAfter'),
    ]);
  });

  it.each([
    ['UTF-16', Buffer.from(`\uFEFF${exportedRule('Ä')}`, 'utf16le')],
    ['UTF-16 of the other order', Buffer.from(`\uFEFF${exportedRule('Ä')}`, 'utf16le').swap16()],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${exportedRule('Ä')}`)],
  ])('reads %s', (_, bytes) => {
    const folder = mkdtempSync(join(tmpdir(), 'import-'));
    folders.push(folder);
    writeFileSync(join(folder, 'a.xml'), bytes);
    writeFileSync(join(folder, 'b.xml'), forest(AD, 'lab.test'));
    expect(contentOf(importRules(folder)).rules).toMatchObject([{ name: 'Ä' }]);
  });

  it('leaves rules of other connectors out', () => {
    const result = imported([exportedRule('Mine', { connector: '{44444444-dddd-4ddd-8ddd-000000000004}' })]);
    expect(serious(result)).toMatchObject([{ kind: 'left-out', rule: 'Mine' }]);
  });
});
