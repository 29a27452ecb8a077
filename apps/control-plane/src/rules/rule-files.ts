import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { SyncError, type AdjoinConfig, type RuleFiles } from '@adjoin/contracts';
import { connectorDefinitions, defaultRulesFolder, loadRuleSet, type RuleSetLoad } from '@adjoin/rule-files';

/** A path of plain names: it cannot leave the folder it is written to. */
const PLAIN_PATH = /^[A-Za-z0-9_][A-Za-z0-9_. -]*(\/[A-Za-z0-9_][A-Za-z0-9_. -]*)*$/;

/**
 * The rule set as the engine makes it: default rules, then the given files, or the folders of the configuration when there are none.
 * Files in problems are named by their path in `files`. Throws ADJ-API-4003 for a path that is not inside a rule folder.
 */
export async function loadConfiguredRules(
  config: AdjoinConfig,
  files: RuleFiles['files'] | undefined,
): Promise<RuleSetLoad> {
  const folder = files === undefined ? undefined : await unpack(files);
  try {
    const loaded = loadRuleSet({
      defaults: defaultRulesFolder,
      overlays: folder === undefined ? config.rules.overlays : [folder],
      // The configuration allows any name of a feature; the rule set says which exist.
      options: config.rules.options as Parameters<typeof loadRuleSet>[0]['options'],
      connectors: connectorDefinitions(config),
    });
    if (loaded.ok || folder === undefined) return loaded;
    return {
      ok: false,
      problems: loaded.problems.map((problem) => ({ ...problem, file: relative(folder, problem.file) })),
    };
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

async function unpack(files: RuleFiles['files']): Promise<string> {
  const bad = files.find((file) => !PLAIN_PATH.test(file.path));
  if (bad !== undefined) throw new SyncError('ADJ-API-4003', `"${bad.path}" is not a path inside a rule folder.`);
  const folder = await mkdtemp(join(tmpdir(), 'adjoin-rules-'));
  for (const file of files) {
    await mkdir(dirname(join(folder, file.path)), { recursive: true });
    await writeFile(join(folder, file.path), file.content);
  }
  return folder;
}
