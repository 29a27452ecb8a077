import { LINK_TYPES, MERGE_TYPES, type LinkType, type MergeType } from '@adjoin/engine';
import { checkedClause } from '../rule-file/parse-clause.js';
import type { ExportedClause, ExportedFlow, ExportedJoin, ExportedRule } from './exported-rule.js';

/** A rule as the YAML of an overlay says it. */
export interface OverlayRule {
  readonly name: string;
  readonly description?: string;
  readonly precedence?: number;
  readonly before?: string;
  readonly connector: string;
  readonly direction: 'inbound' | 'outbound';
  readonly from: string;
  readonly to: string;
  readonly link: LinkType;
  readonly passwordSync?: true;
  readonly disabled?: true;
  readonly scope?: readonly (readonly OverlayClause[])[];
  readonly join?: readonly OverlayJoin[];
  readonly flows?: Readonly<Record<string, OverlayFlow>>;
}
type OverlayClause = string | { readonly attribute: string; readonly operator: string; readonly value: string };
type OverlayCondition = { readonly connectorSpace: string; readonly metaverse: string; readonly caseSensitive?: true };
type OverlayJoin = string | readonly OverlayCondition[];
type OverlayFlow = string | Readonly<Record<string, string | boolean>>;

/** Why a part, or the whole rule, cannot be said in a rule file. */
export interface Misfit {
  /** Without this part the rule would act on other objects: it is left out as a whole. */
  readonly fatal: boolean;
  readonly message: string;
  readonly line: number | null;
  readonly column: number | null;
}

export interface ConvertedRule {
  readonly rule: Omit<OverlayRule, 'name' | 'connector' | 'precedence' | 'before'> | undefined;
  readonly misfits: readonly Misfit[];
}

/** The GUID of nothing, or none. */
const NO_GUID = /^[0-]*$/;
const NO_EXPIRY = /^(|0|00:00:00)$/;

/** Turns a rule of the export into a rule of an overlay, without name, connector and place. */
export function convertRule(exported: ExportedRule): ConvertedRule {
  const misfits: Misfit[] = [];
  const { line, column } = exported;
  const fatal = (message: string): void => void misfits.push({ fatal: true, message, line, column });
  const minor = (message: string): void => void misfits.push({ fatal: false, message, line, column });
  const direction = exported.direction.toLowerCase();
  if (direction !== 'inbound' && direction !== 'outbound') fatal(`The direction "${exported.direction}" is not known.`);
  const link = LINK_TYPES.find((type) => type.toLowerCase() === exported.link.toLowerCase());
  if (link === undefined) fatal(`The link type "${exported.link}" is not known.`);
  if (exported.name === '' || exported.from === '' || exported.to === '') fatal('Name or object types are missing.');
  if (!Number.isSafeInteger(exported.precedence) || exported.precedence < 0) fatal('The precedence is not a number.');
  for (const { part, ...place } of exported.unknown)
    misfits.push({ fatal: false, message: `${part} was not read.`, line: place.line, column: place.column });
  if (!NO_EXPIRY.test(exported.softDelete))
    minor(`SoftDeleteExpiryInterval ${exported.softDelete} has no counterpart and is not imported.`);
  if (!NO_GUID.test(exported.precedenceAfter))
    minor('PrecedenceAfter has no counterpart; the rule stands where its precedence puts it.');
  const scope = exported.scope.map((group) => group.map((clause) => convertClause(clause, fatal)));
  const join = exported.join.filter((group) => group.length > 0).map((group) => convertJoin(group, fatal));
  if (join.length < exported.join.length) fatal('A join group has no condition.');
  const flows = convertFlows(exported.flows, misfits);
  if (misfits.some((one) => one.fatal) || link === undefined) return { rule: undefined, misfits };
  return {
    misfits,
    rule: {
      ...(exported.description === '' ? {} : { description: exported.description }),
      direction: direction === 'inbound' ? 'inbound' : 'outbound',
      from: exported.from,
      to: exported.to,
      link,
      ...(exported.passwordSync ? { passwordSync: true } : {}),
      ...(exported.disabled ? { disabled: true } : {}),
      ...(scope.length === 0 ? {} : { scope }),
      ...(join.length === 0 ? {} : { join }),
      ...(Object.keys(flows).length === 0 ? {} : { flows }),
    },
  };
}

function convertClause(
  { attribute, operator, value }: ExportedClause,
  fatal: (message: string) => void,
): OverlayClause {
  const word = operator.toUpperCase();
  const wanted = /^IS(NOT)?NULL$/.test(word) ? '' : value;
  const checked = checkedClause(attribute, word, wanted);
  if (!checked.ok || attribute === '') {
    fatal(
      `The scope clause "${`${attribute} ${operator} ${value}`.trim()}" cannot be said: ${checked.ok ? 'it names no attribute.' : checked.mistake.message}`,
    );
    return '';
  }
  const plain = !/\s/.test(attribute) && wanted === wanted.trim();
  return plain
    ? `${attribute} ${checked.value.operator} ${wanted}`.trimEnd()
    : { attribute, operator: checked.value.operator, value: wanted };
}

function convertJoin(group: readonly ExportedJoin[], fatal: (message: string) => void): OverlayJoin {
  if (group.some((one) => one.connectorSpace === '' || one.metaverse === ''))
    fatal('A join condition lacks an attribute.');
  if (group.some((one) => /[\s=]/.test(one.connectorSpace + one.metaverse))) {
    return group.map(({ connectorSpace, metaverse, caseSensitive }) => ({
      ...{ connectorSpace, metaverse },
      ...(caseSensitive ? { caseSensitive } : {}),
    }));
  }
  return group
    .map(
      ({ connectorSpace, metaverse, caseSensitive }) =>
        `${connectorSpace} = ${metaverse}${caseSensitive ? ' (case-sensitive)' : ''}`,
    )
    .join(' and ');
}

function convertFlows(flows: readonly ExportedFlow[], misfits: Misfit[]): Record<string, OverlayFlow> {
  const result = new Map<string, OverlayFlow>();
  for (const flow of flows) {
    const { line, column } = flow;
    const leave = (why: string): void =>
      void misfits.push({ fatal: false, line, column, message: `The flow to "${flow.to}" is left out: ${why}` });
    if (flow.to === '') leave('it has no target attribute.');
    else if (result.has(flow.to)) leave('the rule has another flow to the same attribute.');
    else {
      const merge = MERGE_TYPES.find((type) => type.toLowerCase() === flow.merge.toLowerCase());
      const source = sourceOf(flow);
      if (merge === undefined) leave(`the merge type "${flow.merge}" is not known.`);
      else if (source === undefined) leave('it has neither one source attribute, nor a constant, nor an expression.');
      else result.set(flow.to, merge === 'Update' && !flow.once ? shortFlow(source) : longFlow(flow, source, merge));
    }
  }
  return Object.fromEntries(result);
}

type FlowSource = { readonly expression: string } | { readonly constant: string } | { readonly direct: string };

function sourceOf({ expression, attributes, constant }: ExportedFlow): FlowSource | undefined {
  if (expression !== '') return { expression };
  const [only, ...others] = attributes;
  if (only !== undefined && only !== '') return others.length === 0 ? { direct: only } : undefined;
  return constant === '' ? undefined : { constant };
}

const longFlow = ({ once }: ExportedFlow, source: FlowSource, merge: MergeType): OverlayFlow => ({
  ...source,
  ...(once ? { applyOnce: true } : {}),
  ...(merge === 'Update' ? {} : { merge }),
});

function shortFlow(source: FlowSource): OverlayFlow {
  if ('expression' in source) return `= ${source.expression}`;
  return 'direct' in source && !source.direct.startsWith('=') ? source.direct : { ...source };
}
