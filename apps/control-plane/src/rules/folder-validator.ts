import type { AdjoinConfig, RuleProblem } from '@adjoin/contracts';
import { loadConfiguredRules } from './rule-files.js';
import type { RuleValidator } from './rules.service.js';

/** Checks rule files as they will be used: over the default rules, for the configured connectors and options. */
export function folderValidator(config: AdjoinConfig): RuleValidator {
  return async ({ files }) => {
    const loaded = await loadConfiguredRules(config, files);
    if (loaded.ok) return { ok: true, rules: loaded.ruleSet.rules.length, problems: [] };
    const problems = loaded.problems.map(({ file, line, column, message, suggestion }): RuleProblem => ({
      file,
      line,
      column,
      message: suggestion === undefined ? message : `${message} Did you mean "${suggestion}"?`,
    }));
    return { ok: false, rules: 0, problems };
  };
}
