import type {
  AttributeFlow,
  ConnectorDefinition,
  JoinCondition,
  JoinGroup,
  ScopeClause,
  ScopeGroup,
} from '@adjoin/engine';
import type { RuleProblem } from '../document/problem.js';
import { fillPlaceholders, holds, type ConditionContext } from '../options/condition.js';
import type { FlowTemplate, RuleTemplate } from '../rule-file/format.js';
import { checkedClause, parseClause, parseJoin, type Parsed } from '../rule-file/parse-clause.js';
import { ruleId, type DraftRule, type Place } from './draft.js';

type ScopeTemplate = NonNullable<RuleTemplate['scope']>;
type JoinTemplate = NonNullable<RuleTemplate['join']>;
type ConditionalFlow = Exclude<FlowTemplate, string | readonly unknown[]>;

/** Collects what is wrong while templates become rules. */
export class Expansion {
  readonly problems: RuleProblem[] = [];

  /** The rule of one connector, or `undefined` when its condition does not hold. */
  rule(
    template: RuleTemplate,
    place: Place,
    target: { connector: ConnectorDefinition; context: ConditionContext; repetition: number; standard: boolean },
  ): DraftRule | undefined {
    const { connector, context } = target;
    if (!holds(template.when, context)) return undefined;
    const scope = this.scope(template.scope ?? [], at(place, 'scope'), context);
    const join = this.join(template.join ?? [], at(place, 'join'), context);
    const flows = this.flows(template.flows ?? {}, at(place, 'flows'), context);
    return {
      rule: {
        id: ruleId(template.name, connector.name),
        name: template.name,
        description: template.description,
        tag: template.tag,
        standard: target.standard,
        direction: template.direction,
        connector: connector.name,
        sourceType: template.from,
        targetType: template.to,
        linkType: template.link,
        passwordSync: template.passwordSync ?? false,
        disabled: template.disabled ?? false,
        scope: scope.groups,
        join: join.groups,
        flows: flows.flows,
      },
      place,
      flowPlaces: flows.places,
      clausePlaces: scope.places,
      joinPlaces: join.places,
      position: template.position,
      precedence: template.precedence,
      before: template.before,
      repetition: target.repetition,
    };
  }

  scope(template: ScopeTemplate, place: Place, context: ConditionContext): { groups: ScopeGroup[]; places: Place[][] } {
    const groups: ScopeGroup[] = [];
    const places: Place[][] = [];
    for (const [groupIndex, group] of template.entries()) {
      const read = this.clauses(group, at(place, groupIndex), context);
      // A group without clauses holds for every object, and so does the whole filter.
      if (read.clauses.length === 0 && read.failed === 0) return { groups: [], places: [] };
      groups.push(read.clauses);
      places.push(read.places);
    }
    return { groups, places };
  }

  clauses(
    group: ScopeTemplate[number],
    place: Place,
    context: ConditionContext,
  ): { clauses: ScopeClause[]; places: Place[]; failed: number } {
    const clauses: ScopeClause[] = [];
    const places: Place[] = [];
    let failed = 0;
    for (const [index, entry] of group.entries()) {
      if (typeof entry !== 'string' && !holds(entry.when, context)) continue;
      const isText = typeof entry === 'string' || 'clause' in entry;
      const clausePlace =
        typeof entry !== 'string' && 'clause' in entry ? at(place, index, 'clause') : at(place, index);
      const parsed = isText
        ? parseClause(fillPlaceholders(typeof entry === 'string' ? entry : entry.clause, context))
        : checkedClause(entry.attribute, entry.operator, fillPlaceholders(entry.value ?? '', context));
      const clause = this.#accept(parsed, clausePlace);
      if (clause === undefined) {
        failed += 1;
        continue;
      }
      clauses.push(clause);
      places.push(clausePlace);
    }
    return { clauses, places, failed };
  }

  join(template: JoinTemplate, place: Place, context: ConditionContext): { groups: JoinGroup[]; places: Place[] } {
    const groups: JoinGroup[] = [];
    const places: Place[] = [];
    for (const [index, entry] of template.entries()) {
      const conditional = typeof entry === 'object' && !Array.isArray(entry) && 'match' in entry;
      if (conditional && !holds(entry.when, context)) continue;
      const match = conditional ? entry.match : entry;
      const groupPlace = conditional ? at(place, index, 'match') : at(place, index);
      const conditions: JoinCondition[] = [];
      for (const one of Array.isArray(match) ? match : [match]) {
        if (typeof one === 'string')
          conditions.push(...(this.#accept(parseJoin(fillPlaceholders(one, context)), groupPlace) ?? []));
        else
          conditions.push({
            csAttribute: one.connectorSpace,
            mvAttribute: one.metaverse,
            caseSensitive: one.caseSensitive ?? false,
          });
      }
      groups.push(conditions);
      places.push(groupPlace);
    }
    return { groups, places };
  }

  flows(
    template: Readonly<Record<string, FlowTemplate>>,
    place: Place,
    context: ConditionContext,
  ): { flows: AttributeFlow[]; places: Map<string, Place & { prefix: number }> } {
    const flows: AttributeFlow[] = [];
    const places = new Map<string, Place & { prefix: number }>();
    for (const [to, source] of Object.entries(template)) {
      const flowPlace = at(place, to);
      if (typeof source === 'string') {
        const text = /^=\s*/.exec(source)?.[0];
        const base = { to, applyOnce: false, merge: 'Update' } as const;
        if (text === undefined) flows.push({ ...base, kind: 'direct', from: fillPlaceholders(source, context) });
        else
          flows.push({
            ...base,
            kind: 'expression',
            expression: fillPlaceholders(source.slice(text.length).trimEnd(), context),
          });
        places.set(to, { ...flowPlace, prefix: text?.length ?? 0 });
        continue;
      }
      const list = Array.isArray(source) ? source : [source];
      const index = list.findIndex((entry) => holds(entry.when, context));
      const chosen = list[index];
      if (chosen === undefined) continue;
      const chosenPlace = Array.isArray(source) ? at(flowPlace, index) : flowPlace;
      const read = this.#flow(to, chosen, chosenPlace, context);
      if (read === undefined) continue;
      flows.push(read);
      places.set(to, { ...at(chosenPlace, read.kind), prefix: 0 });
    }
    return { flows, places };
  }

  #flow(to: string, flow: ConditionalFlow, place: Place, context: ConditionContext): AttributeFlow | undefined {
    const base = { to, applyOnce: flow.applyOnce ?? false, merge: flow.merge ?? 'Update' };
    const sources = [flow.direct, flow.constant, flow.expression].filter((one) => one !== undefined);
    if (sources.length !== 1) {
      this.problems.push(
        place.document.problem(place.path, `The flow to "${to}" needs exactly one of direct, constant and expression.`),
      );
      return undefined;
    }
    if (flow.direct !== undefined) return { ...base, kind: 'direct', from: fillPlaceholders(flow.direct, context) };
    if (flow.constant !== undefined) return { ...base, kind: 'constant', value: flow.constant };
    return { ...base, kind: 'expression', expression: fillPlaceholders(flow.expression ?? '', context).trim() };
  }

  #accept<T>(parsed: Parsed<T>, place: Place): T | undefined {
    if (parsed.ok) return parsed.value;
    const { message, index, suggestion } = parsed.mistake;
    this.problems.push(place.document.textProblem(place.path, index, message, suggestion));
    return undefined;
  }
}

/** A place further inside. */
export function at(place: Place, ...steps: (string | number)[]): Place {
  return { document: place.document, path: [...place.path, ...steps] };
}
