import type { SyncRule } from '@adjoin/engine';
import { nearestName } from '../document/nearest-name.js';
import type { RuleProblem } from '../document/problem.js';
import type { DraftRule } from './draft.js';

/** The first number of the default rules; own rules have lower ones. */
export const FIRST_DEFAULT_PRECEDENCE = 100;

/**
 * Numbers the rules (engine/declarative-provisioning.md §9): own rules keep what they ask for, default rules follow
 * from 100 up by position, and inside one position in the order in which the connectors were added.
 */
export function assignPrecedence(drafts: readonly DraftRule[]): {
  readonly rules: readonly SyncRule[];
  readonly problems: readonly RuleProblem[];
} {
  const problems: RuleProblem[] = [];
  const standard = drafts.filter((draft) => draft.position !== undefined);
  standard.sort((a, b) => (a.position ?? 0) - (b.position ?? 0) || a.repetition - b.repetition);
  const own = drafts.filter((draft) => draft.position === undefined);
  const numbers = new Map<DraftRule, number>();
  const free = own.filter((draft) => draft.before === undefined);
  numberOwnRules(free, standard.length > 0, numbers, problems);
  const ordered = insertBefore(
    standard,
    own.filter((draft) => draft.before !== undefined),
    problems,
  );
  for (const [index, draft] of ordered.entries()) numbers.set(draft, FIRST_DEFAULT_PRECEDENCE + index);
  const rules = drafts.map((draft) => ({ ...draft.rule, precedence: numbers.get(draft) ?? 0 }));
  return { rules: rules.sort((a, b) => a.precedence - b.precedence), problems };
}

function numberOwnRules(
  own: readonly DraftRule[],
  withDefaults: boolean,
  numbers: Map<DraftRule, number>,
  problems: RuleProblem[],
): void {
  const used = new Map<number, DraftRule>();
  for (const draft of own) {
    if (draft.precedence === undefined) continue;
    const number = draft.precedence + draft.repetition;
    numbers.set(draft, number);
    const other = used.get(number);
    if (other !== undefined) {
      problems.push(
        problemAt(
          draft,
          `Precedence ${number} of "${draft.rule.id}" is already used by "${other.rule.id}"; every rule needs its own number.`,
        ),
      );
    }
    used.set(number, draft);
    if (withDefaults && number >= FIRST_DEFAULT_PRECEDENCE) {
      problems.push(
        problemAt(
          draft,
          `Precedence ${number} of "${draft.rule.id}" is not below ${FIRST_DEFAULT_PRECEDENCE}; use 0-99, or "before" for more room.`,
        ),
      );
    }
  }
  let next = 1;
  for (const draft of own) {
    if (numbers.has(draft)) continue;
    while (used.has(next)) next += 1;
    used.set(next, draft);
    numbers.set(draft, next);
    if (withDefaults && next >= FIRST_DEFAULT_PRECEDENCE)
      problems.push(
        problemAt(draft, `No number below ${FIRST_DEFAULT_PRECEDENCE} is free for "${draft.rule.id}"; use "before".`),
      );
  }
}

/** Own rules with `before` go in front of the first rule of that name; everything behind moves up. */
function insertBefore(
  standard: readonly DraftRule[],
  own: readonly DraftRule[],
  problems: RuleProblem[],
): readonly DraftRule[] {
  const ordered = [...standard];
  for (const draft of own) {
    const index = ordered.findIndex(({ rule }) => rule.name === draft.before || rule.id === draft.before);
    if (index >= 0) {
      ordered.splice(index, 0, draft);
      continue;
    }
    const suggestion = nearestName(draft.before ?? '', new Set(standard.map(({ rule }) => rule.name)));
    problems.push({
      ...problemAt(draft, `There is no default rule "${draft.before}" to be placed before.`),
      suggestion,
    });
  }
  return ordered;
}

function problemAt({ place }: DraftRule, message: string): RuleProblem {
  const path =
    typeof place.document.valueAt([...place.path, 'precedence']) === 'undefined'
      ? place.path
      : [...place.path, 'precedence'];
  return place.document.problem(path, message);
}
