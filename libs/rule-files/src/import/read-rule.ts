import type { ExportedClause, ExportedFlow, ExportedJoin, ExportedRule } from './exported-rule.js';
import type { XmlElement } from './xml.js';

/** Names of elements in the export of the server configuration, and those of the properties that the PowerShell module shows. */
const RULE_PARTS = new Set([
  ...['id', 'identifier', 'name', 'description', 'immutabletag', 'direction', 'disabled', 'connector'],
  ...['sourceobjecttype', 'targetobjecttype', 'linktype', 'precedence', 'precedencebefore', 'precedenceafter'],
  ...['softdeleteexpiryinterval', 'enablepasswordsync', 'attributemappings', 'attributeflowmappings'],
  ...['relationshipcriteria', 'joinfilter', 'synchronizationcriteria', 'scopefilter'],
  // Bookkeeping without effect on synchronization.
  ...[
    'internalid',
    'internalidentifier',
    'version',
    'isstandardrule',
    'islegacycustomrule',
    'sourcenamespaceid',
    'targetnamespaceid',
  ],
]);
const FLOW_PARTS = new Set([
  'dest',
  'destination',
  'src',
  'source',
  'expression',
  'valuemergetype',
  'executeonce',
  'flowtype',
  'mappingsourceasstring',
]);
const CLAUSE_PARTS = new Set([
  'csattribute',
  'attribute',
  'csoperator',
  'comparisonoperator',
  'csvalue',
  'comparisonvalue',
]);
const JOIN_PARTS = new Set(['csattribute', 'ilmattribute', 'mvattribute', 'casesensitive']);

export const RULE_ELEMENTS = ['synchronizationrule'] as const;

/** GUID in lower case without braces. */
export const plainGuid = (text: string): string => text.replace(/[{}]/g, '').toLowerCase();
const isTrue = (text: string): boolean => /^(true|1)$/i.test(text);

/** Reads one synchronization rule; what is not known is listed in `unknown`. */
export function readExportedRule(element: XmlElement, file: string): ExportedRule {
  const unknown: string[] = [];
  const note = (part: XmlElement, known: ReadonlySet<string>, attributes: readonly string[] = []): void => {
    unknown.push(...part.children.filter((one) => !known.has(one.name)).map((one) => `<${one.written}>`));
    unknown.push(
      ...part.attributeNames
        .filter((name) => !attributes.includes(name.toLowerCase()))
        .map((name) => `${part.written}@${name}`),
    );
  };
  note(element, RULE_PARTS);
  const flows = element.child('attributemappings', 'attributeflowmappings')?.children ?? [];
  const scope = groupsOf(element.child('synchronizationcriteria', 'scopefilter'));
  const join = groupsOf(element.child('relationshipcriteria', 'joinfilter'));
  for (const flow of flows) note(flow, FLOW_PARTS, ['execute-once', 'executeonce']);
  for (const clause of scope.flat()) note(clause, CLAUSE_PARTS);
  for (const condition of join.flat()) note(condition, JOIN_PARTS);
  return {
    file,
    line: element.line,
    id: plainGuid(element.childText('id', 'identifier')),
    name: element.childText('name'),
    description: element.childText('description'),
    tag: element.childText('immutabletag'),
    direction: element.childText('direction'),
    disabled: isTrue(element.childText('disabled')),
    connector: plainGuid(element.childText('connector')),
    from: element.childText('sourceobjecttype'),
    to: element.childText('targetobjecttype'),
    link: element.childText('linktype'),
    precedence: Number(element.childText('precedence')),
    precedenceBefore: plainGuid(element.childText('precedencebefore')),
    precedenceAfter: plainGuid(element.childText('precedenceafter')),
    softDelete: element.childText('softdeleteexpiryinterval'),
    passwordSync: isTrue(element.childText('enablepasswordsync')),
    scope: scope.map((group) => group.map(clauseOf)),
    join: join.map((group) => group.map(joinOf)),
    flows: flows.map((flow) => flowOf(flow, file)),
    unknown: [...new Set(unknown)],
  };
}

/** The groups of a filter. A group without conditions would hold for everything; it is kept, and so is its meaning. */
const groupsOf = (filter: XmlElement | undefined): readonly (readonly XmlElement[])[] =>
  (filter?.children ?? []).map((group) => group.children);

const clauseOf = (clause: XmlElement): ExportedClause => ({
  attribute: clause.childText('csattribute', 'attribute'),
  operator: clause.childText('csoperator', 'comparisonoperator'),
  value: clause.childText('csvalue', 'comparisonvalue'),
});

const joinOf = (condition: XmlElement): ExportedJoin => ({
  connectorSpace: condition.childText('csattribute'),
  metaverse: condition.childText('ilmattribute', 'mvattribute'),
  caseSensitive: isTrue(condition.childText('casesensitive')),
});

function flowOf(flow: XmlElement, file: string): ExportedFlow {
  const source = flow.child('src', 'source');
  const attributes = (source?.children ?? []).map(({ text }) => text);
  return {
    file,
    line: flow.line,
    to: flow.childText('dest', 'destination'),
    attributes,
    constant: attributes.length === 0 ? (source?.text ?? '') : '',
    expression: flow.childText('expression'),
    once: isTrue(flow.attribute('execute-once') || flow.childText('executeonce')),
    merge: flow.childText('valuemergetype') || 'Update',
  };
}
