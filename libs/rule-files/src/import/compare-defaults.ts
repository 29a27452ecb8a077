import type { RuleSet, SyncRule } from '@adjoin/engine';
import { flowText } from '../inspect/diff-rules.js';
import { convertRule } from './convert-rule.js';
import type { ExportedRule, ImportNote } from './exported-rule.js';

/** How many differing attributes a note names. */
const NAMED = 8;

/** What is to be said of a default rule of the export: whether Adjoin has it, and what differs. */
export function compareDefault(
  exported: ExportedRule,
  defaults: RuleSet,
  templates: ReadonlySet<string>,
): ImportNote[] {
  const { file, line, column, name, disabled } = exported;
  const note = (kind: ImportNote['kind'], message: string): ImportNote[] => [
    { kind, file, line, column, rule: name, message },
  ];
  const own = defaults.rules.find((rule) => rule.name === name);
  if (own === undefined) {
    if (disabled) return note('info', 'A disabled default rule that Adjoin does not have.');
    return templates.has(name)
      ? note('check', 'Adjoin has this default rule only with an option that is off by default.')
      : note('left-out', 'A default rule that Adjoin does not have.');
  }
  const differing = differences(exported, own);
  if (differing.length === 0) return [];
  const more = differing.length > NAMED ? ` and ${differing.length - NAMED} more` : '';
  const list = `${differing.slice(0, NAMED).join(', ')}${more}`;
  const revisions = exported.tag === own.tag ? '' : ` (export ${exported.tag}, Adjoin ${own.tag ?? 'without a tag'})`;
  // Another revision is expected to differ; the same one was edited in place, or depends on an option.
  return note(
    disabled || revisions !== '' ? 'info' : 'check',
    `The default rule of Adjoin is used; it differs in ${list}${revisions}.`,
  );
}

function differences(exported: ExportedRule, own: SyncRule): string[] {
  const { rule } = convertRule(exported);
  const found: string[] = [];
  if (rule === undefined || rule.link !== own.linkType) found.push('link type');
  if (exported.passwordSync !== own.passwordSync) found.push('password synchronization');
  if (scopeText(exported.scope) !== scopeText(own.scope)) found.push('scope');
  const join = (
    groups: readonly (readonly { caseSensitive: boolean; metaverse: string; connectorSpace: string }[])[],
  ): string =>
    JSON.stringify(groups.map((group) => group.map((one) => [one.connectorSpace, one.metaverse, one.caseSensitive])));
  const ownJoin = own.join.map((group) =>
    group.map(({ csAttribute, mvAttribute, caseSensitive }) => ({
      connectorSpace: csAttribute,
      metaverse: mvAttribute,
      caseSensitive,
    })),
  );
  if (join(exported.join) !== join(ownJoin)) found.push('join');
  const ours = new Map(own.flows.map((flow) => [flow.to, squeezed(flowText(flow))]));
  for (const flow of exported.flows) {
    const text = ours.get(flow.to);
    ours.delete(flow.to);
    const source =
      flow.expression !== ''
        ? flow.expression
        : flow.constant !== ''
          ? JSON.stringify(flow.constant)
          : `[${flow.attributes.join()}]`;
    const extras = `${flow.once ? 'apply once' : ''}${flow.merge === 'Update' ? '' : `merge ${flow.merge}`}`;
    if (text === undefined || text !== squeezed(source + (extras === '' ? '' : `(${extras})`))) found.push(flow.to);
  }
  return [...found, ...ours.keys()];
}

const scopeText = (groups: readonly (readonly { attribute: string; operator: string; value: string }[])[]): string =>
  JSON.stringify(
    groups
      .map((group) =>
        group.map(({ attribute, operator, value }) => `${attribute} ${operator} ${value}`.trim().toLowerCase()).sort(),
      )
      .sort(),
  );

const squeezed = (text: string): string => text.replace(/\s+/g, '').toLowerCase();
