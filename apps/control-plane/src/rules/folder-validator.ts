import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { SyncError, type AdjoinConfig, type RuleProblem, type RuleValidation } from '@adjoin/contracts';
import type { ConnectorDefinition } from '@adjoin/engine';
import { defaultRulesFolder, loadRuleSet } from '@adjoin/rule-files';
import type { RuleValidator } from './rules.service.js';

/** A path of plain names: it cannot leave the folder it is written to. */
const PLAIN_PATH = /^[A-Za-z0-9_][A-Za-z0-9_. -]*(\/[A-Za-z0-9_][A-Za-z0-9_. -]*)*$/;

/** Checks rule files as they will be used: over the default rules, for the configured connectors and options. */
export function folderValidator(config: AdjoinConfig): RuleValidator {
  return async ({ files }) => {
    const bad = files.find((file) => !PLAIN_PATH.test(file.path));
    if (bad !== undefined) throw new SyncError('ADJ-API-4003', `"${bad.path}" is not a path inside a rule folder.`);
    const folder = await mkdtemp(join(tmpdir(), 'adjoin-rules-'));
    try {
      for (const file of files) {
        await mkdir(dirname(join(folder, file.path)), { recursive: true });
        await writeFile(join(folder, file.path), file.content);
      }
      return check(config, folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

function check(config: AdjoinConfig, folder: string): RuleValidation {
  const groups = config.connectors.flatMap((one) => (one.type === 'ad' && one.groupFilter !== undefined ? [[one.name, one.groupFilter]] : []));
  const { sourceAnchor, identifyUsersBy, features, memberLimit } = config.rules.options;
  const loaded = loadRuleSet({
    defaults: defaultRulesFolder,
    overlays: [...config.rules.overlays, folder],
    // The configuration allows any name of a feature; the rule set says which exist.
    options: { sourceAnchor, identifyUsersBy, features: features as never, memberLimit, groupFilter: Object.fromEntries(groups) },
    connectors: config.connectors.map(definitionOf),
  });
  if (loaded.ok) return { ok: true, rules: loaded.ruleSet.rules.length, problems: [] };
  const problems = loaded.problems.map(({ file, line, column, message, suggestion }): RuleProblem => ({
    file: relative(folder, file),
    line,
    column,
    message: suggestion === undefined ? message : `${message} Did you mean "${suggestion}"?`,
  }));
  return { ok: false, rules: 0, problems };
}

/** What checking needs to know of a connector; values of parameters matter only when rules run. */
function definitionOf(connector: AdjoinConfig['connectors'][number], order: number): ConnectorDefinition {
  return { name: connector.name, id: connector.id, kind: connector.type, order, parameters: {}, partitions: {} };
}
