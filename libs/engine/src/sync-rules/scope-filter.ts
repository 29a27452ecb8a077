import type { FlowSource } from './flow-source.js';
import type { ScopeClause, ScopeGroup, SyncRule } from './model.js';
import { compileClause, type ScopeTest } from './scope-clause.js';

/** A scope filter: alternatives of clauses that all have to hold (declarative-provisioning.md §3). */
export class ScopeFilter {
  readonly groups: readonly ScopeGroup[];
  readonly #tests: readonly (readonly ScopeTest[])[];

  constructor(groups: readonly ScopeGroup[]) {
    this.groups = groups;
    this.#tests = groups.map((group) => group.map(compileClause));
  }

  /** No groups: every object is in scope. */
  holds(source: FlowSource): boolean {
    return this.#tests.length === 0 || this.#tests.some((group) => group.every((test) => test(source)));
  }

  /** The first group whose clauses all hold; none when there are no groups or the object is not in scope. */
  holding(source: FlowSource): ScopeGroup {
    return this.groups[this.#tests.findIndex((group) => group.every((test) => test(source)))] ?? [];
  }

  /** The first clause of each group that fails; empty when the object is in scope. */
  failures(source: FlowSource): readonly ScopeClause[] {
    if (this.holds(source)) return [];
    return this.groups.flatMap((group, g) => {
      const failing = group.findIndex((_, c) => this.#tests[g]?.[c]?.(source) === false);
      return group[failing] ?? [];
    });
  }
}

/** The distinct scope filters of a list of rules, each evaluated once for an object. */
export class ScopeTable {
  readonly filters: readonly ScopeFilter[];
  /** Filter of each rule, by position in the rule list. */
  readonly filterOfRule: readonly number[];

  constructor(rules: readonly SyncRule[]) {
    const byText = new Map<string, number>();
    const filters: ScopeFilter[] = [];
    this.filterOfRule = rules.map((rule) => {
      const text = JSON.stringify(rule.scope);
      const known = byText.get(text);
      if (known !== undefined) return known;
      byText.set(text, filters.length);
      filters.push(new ScopeFilter(rule.scope));
      return filters.length - 1;
    });
    this.filters = filters;
  }

  /** One letter a filter: a key for the combination of filters that hold. */
  evaluate(source: FlowSource): string {
    let key = '';
    for (const filter of this.filters) key += filter.holds(source) ? '1' : '0';
    return key;
  }
}
