import type { ConnectorDefinition } from '@adjoin/engine';
import { nearestName } from '../document/nearest-name.js';
import type { ConditionContext } from '../options/condition.js';
import type { RuleClone } from '../rule-file/format.js';
import type { LoadedRuleFile } from '../rule-file/read-rule-folder.js';
import { connectorsOf } from './connectors-of.js';
import { ruleId, type DraftRule, type Place } from './draft.js';
import { at, type Expansion } from './expand.js';

/** Applies `clone`, `disable` and `precedence` of an overlay file to the rules so far. */
export function applyOverlay(
  drafts: readonly DraftRule[],
  file: LoadedRuleFile,
  connectors: readonly ConnectorDefinition[],
  contexts: ReadonlyMap<string, ConditionContext>,
  expansion: Expansion,
): DraftRule[] {
  const root: Place = { document: file.document, path: [] };
  let result = [...drafts];
  for (const [index, clone] of (file.content.clone ?? []).entries()) {
    result = applyClone(result, clone, at(root, 'clone', index), connectors, contexts, expansion);
  }
  for (const [index, name] of (file.content.disable ?? []).entries()) {
    const wanted = withName(result, name);
    if (wanted.length === 0) unknownRule(result, name, at(root, 'disable', index), expansion);
    result = result.map((draft) =>
      wanted.includes(draft) ? { ...draft, rule: { ...draft.rule, disabled: true } } : draft,
    );
  }
  for (const [name, precedence] of Object.entries(file.content.precedence ?? {})) {
    const wanted = withName(result, name);
    const place = at(root, 'precedence', name);
    if (wanted.length === 0) unknownRule(result, name, place, expansion);
    if (wanted.some((draft) => draft.rule.standard)) {
      const message = `"${name}" is a default rule; default rules keep their order. Clone it, or place an own rule with "before".`;
      expansion.problems.push(place.document.problem(place.path, message));
      continue;
    }
    result = result.map((draft) => (wanted.includes(draft) ? { ...draft, precedence, place } : draft));
  }
  return result;
}

function applyClone(
  drafts: DraftRule[],
  clone: RuleClone,
  place: Place,
  connectors: readonly ConnectorDefinition[],
  contexts: ReadonlyMap<string, ConditionContext>,
  expansion: Expansion,
): DraftRule[] {
  const wanted =
    clone.connector === undefined
      ? undefined
      : new Set(connectorsOf(clone.connector, connectors).map(({ name }) => name));
  const originals = withName(drafts, clone.of).filter(({ rule }) => wanted === undefined || wanted.has(rule.connector));
  if (originals.length === 0) {
    unknownRule(drafts, clone.of, at(place, 'of'), expansion);
    return drafts;
  }
  const copies = originals.flatMap((original, repetition) => {
    const context = contexts.get(original.rule.connector);
    return context === undefined ? [] : [cloneRule(original, clone, place, context, repetition, expansion)];
  });
  const kept = drafts.map((draft) => {
    const replaced = originals.includes(draft) && clone.keepOriginal !== true;
    return replaced ? { ...draft, rule: { ...draft.rule, disabled: true } } : draft;
  });
  return [...kept, ...copies];
}

function cloneRule(
  original: DraftRule,
  clone: RuleClone,
  place: Place,
  context: ConditionContext,
  repetition: number,
  expansion: Expansion,
): DraftRule {
  const { rule } = original;
  const own = expansion.flows(clone.flows ?? {}, at(place, 'flows'), context);
  const replaced = new Set([...own.flows.map(({ to }) => to), ...(clone.removeFlows ?? [])]);
  for (const [index, name] of (clone.removeFlows ?? []).entries()) {
    if (rule.flows.some(({ to }) => to === name)) continue;
    const suggestion = nearestName(
      name,
      rule.flows.map(({ to }) => to),
    );
    expansion.problems.push(
      place.document.problem(
        [...place.path, 'removeFlows', index],
        `"${rule.name}" has no flow to "${name}".`,
        suggestion,
      ),
    );
  }
  const scope =
    clone.scope === undefined
      ? { groups: [...rule.scope], places: original.clausePlaces.map((group) => [...group]) }
      : expansion.scope(clone.scope, at(place, 'scope'), context);
  const join =
    clone.join === undefined
      ? { groups: rule.join, places: original.joinPlaces }
      : expansion.join(clone.join, at(place, 'join'), context);
  if (clone.addToScope !== undefined) {
    const added = expansion.clauses(clone.addToScope, at(place, 'addToScope'), context);
    const groups = scope.groups.length > 0 ? scope.groups : [[]];
    const places = scope.places.length > 0 ? scope.places : [[]];
    scope.groups = groups.map((group) => [...group, ...added.clauses]);
    scope.places = places.map((group) => [...group, ...added.places]);
  }
  return {
    ...original,
    rule: {
      ...rule,
      id: ruleId(clone.name, rule.connector),
      name: clone.name,
      description: clone.description,
      tag: undefined,
      standard: false,
      linkType: clone.link ?? rule.linkType,
      passwordSync: clone.passwordSync ?? rule.passwordSync,
      disabled: clone.disabled ?? false,
      scope: scope.groups,
      join: join.groups,
      flows: [...rule.flows.filter(({ to }) => !replaced.has(to)), ...own.flows],
    },
    place,
    flowPlaces: new Map([...original.flowPlaces, ...own.places]),
    clausePlaces: scope.places,
    joinPlaces: join.places,
    position: undefined,
    precedence: clone.precedence,
    before: clone.before,
    repetition,
  };
}

/** Rules with a name (every connector) or an id (`name @ connector`). */
function withName(drafts: readonly DraftRule[], name: string): readonly DraftRule[] {
  return drafts.filter(({ rule }) => rule.name === name || rule.id === name);
}

function unknownRule(drafts: readonly DraftRule[], name: string, place: Place, expansion: Expansion): void {
  const suggestion = nearestName(name, new Set(drafts.flatMap(({ rule }) => [rule.name, rule.id])));
  expansion.problems.push(place.document.problem(place.path, `There is no rule "${name}".`, suggestion));
}
