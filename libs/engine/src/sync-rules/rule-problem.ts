/** One reason why a rule set cannot be used as it is. Positions are UTF-16 offsets in the expression, `end` exclusive. */
export interface RuleProblem {
  /** Id of the rule; empty for a problem of the whole rule set. */
  readonly rule: string;
  /** Where in the rule, e.g. `precedence`, `scope[0][1]`, `flows[3].expression`. */
  readonly field: string;
  readonly message: string;
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}
