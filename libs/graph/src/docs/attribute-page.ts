import { GRAPH_ATTRIBUTES, GRAPH_OBJECT_TYPES, GRAPH_UNSUPPORTED, type GraphAttribute } from '@adjoin/contracts';

/** docs/graph-attributes.md, made from the one table. */
export function attributePage(): string {
  const sections = GRAPH_OBJECT_TYPES.map((type) => {
    const rows = Object.entries(GRAPH_ATTRIBUTES[type]).map(([name, attribute]) =>
      row(name, attribute, type !== 'user'),
    );
    return [
      `## ${type}`,
      '',
      '| Entra connector space | Microsoft Graph | Longest value | Remarks |',
      '| --- | --- | --- | --- |',
      ...rows,
    ].join('\n');
  });
  const unsupported = GRAPH_UNSUPPORTED.map(({ what, instead }) => `| ${what} | ${instead} |`);
  return [
    '# Attributes over Microsoft Graph',
    'Generated from `libs/contracts/src/capabilities/graph.ts`; do not edit. Update: `npx vitest run --project unit libs/graph -u`.',
    'Names compare without case. A value that is too long fails its object with ADJ-EXP-3016; nothing is cut.',
    ...sections,
    ['## What Microsoft Graph cannot hold', '', '| What | Instead |', '| --- | --- |', ...unsupported].join('\n'),
    '',
  ].join('\n\n');
}

function row(name: string, attribute: GraphAttribute, extension: boolean): string {
  const graph =
    attribute.kind === 'anchor' && extension ? '`extension_<appId>_sourceAnchor`' : `\`${attribute.graph}\``;
  return `| ${name} | ${graph} | ${attribute.max ?? ''} | ${remarks(attribute).join('; ')} |`;
}

function remarks(attribute: GraphAttribute): string[] {
  const notes: string[] = [];
  if (attribute.readOnly === true) notes.push('read only');
  if (attribute.createOnly === true) notes.push('set at creation only');
  if (attribute.notClearable === true) notes.push('cannot be cleared: the cloud keeps the last value');
  if (attribute.kind === 'upn') notes.push('`<mailNickname>@<initial domain>` while the suffix is not verified');
  if (attribute.kind === 'first') notes.push('one value');
  if (attribute.kind === 'manager') notes.push('relationship, cleared by DELETE');
  if (attribute.kind === 'members') notes.push('relationship, 20 at a time');
  if (attribute.kind === 'anchor') notes.push('set at creation, never changed');
  return notes;
}
