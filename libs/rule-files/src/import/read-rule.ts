import type { ExportedClause, ExportedFlow, ExportedJoin, ExportedRule, UnknownPart } from './exported-rule.js';
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
  const unknown = new Map<string, UnknownPart>();
  const note = (part: XmlElement, known: ReadonlySet<string>, attributes: readonly string[] = []): void => {
    const add = (text: string, { line, column }: XmlElement): void =>
      void (unknown.has(text) || unknown.set(text, { part: text, file, line, column }));
    const seen = new Set<string>();
    for (const child of part.children) {
      if (!known.has(child.name)) add(`<${child.written}> is not known and`, child);
      else if (seen.has(child.name)) add(`A second <${child.written}>`, child);
      seen.add(child.name);
    }
    for (const name of part.attributeNames)
      if (!attributes.includes(name.toLowerCase())) add(`${part.written}@${name} is not known and`, part);
  };
  note(element, RULE_PARTS);
  const flows = element.child('attributemappings', 'attributeflowmappings')?.children ?? [];
  const scope = groupsOf(element.child('synchronizationcriteria', 'scopefilter'), CLAUSE_PARTS);
  const join = groupsOf(element.child('relationshipcriteria', 'joinfilter'), JOIN_PARTS);
  for (const flow of flows) note(flow, FLOW_PARTS, ['execute-once', 'executeonce']);
  for (const clause of scope.flat()) note(clause, CLAUSE_PARTS);
  for (const condition of join.flat()) note(condition, JOIN_PARTS);
  return {
    file,
    line: element.line,
    column: element.column,
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
    unknown: [...unknown.values()],
  };
}

/**
 * The groups of a filter. A group without conditions would hold for everything; it is kept, and so is its meaning. Conditions may stand in
 * a list of their own inside the group, or without a group.
 */
function groupsOf(filter: XmlElement | undefined, parts: ReadonlySet<string>): readonly (readonly XmlElement[])[] {
  const isCondition = (one: XmlElement): boolean => one.children.some(({ name }) => parts.has(name));
  const children = filter?.children ?? [];
  if (children.some(isCondition)) return [children];
  return children.map((group) =>
    group.children.flatMap((one) => (isCondition(one) || one.children.length === 0 ? [one] : one.children)),
  );
}

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
  const kind = flow.childText('flowtype').toLowerCase();
  const listed = (source?.children ?? []).map(({ text }) => text);
  const plain = source?.text ?? '';
  return {
    file,
    line: flow.line,
    column: flow.column,
    to: flow.childText('dest', 'destination'),
    ...sourceOf(kind, listed, plain),
    expression: flow.childText('expression'),
    once: isTrue(flow.attribute('execute-once') || flow.childText('executeonce')),
    merge: flow.childText('valuemergetype') || 'Update',
  };
}

/** The files tell a constant from an attribute by the element around it, the PowerShell module by the flow type. */
function sourceOf(
  kind: string,
  listed: readonly string[],
  plain: string,
): Pick<ExportedFlow, 'attributes' | 'constant'> {
  if (kind === 'expression') return { attributes: [], constant: '' };
  if (kind === 'constant') return { attributes: [], constant: listed[0] ?? plain };
  if (kind === 'direct' && listed.length === 0) return { attributes: plain === '' ? [] : [plain], constant: '' };
  return { attributes: listed, constant: listed.length === 0 ? plain : '' };
}
