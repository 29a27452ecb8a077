import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RuleProblem } from '../document/problem.js';
import { YamlDocument } from '../document/yaml-document.js';
import { RULE_FILE_KEYS, ruleFileSchema, type RuleFile } from './format.js';

/** A rule file as read, with the positions of everything in it. */
export interface LoadedRuleFile {
  readonly document: YamlDocument;
  readonly content: RuleFile;
}

export interface RuleFolder {
  readonly files: readonly LoadedRuleFile[];
  readonly problems: readonly RuleProblem[];
}

/** Reads every `.yaml`, `.yml` and `.json` file of a folder in the order of the names; a single file is allowed too. */
export function readRuleFolder(path: string): RuleFolder {
  const files: LoadedRuleFile[] = [];
  const problems: RuleProblem[] = [];
  let names: readonly string[];
  try {
    names = statSync(path).isDirectory()
      ? readdirSync(path)
          .filter(isRuleFile)
          .sort()
          .map((name) => join(path, name))
      : [path];
  } catch {
    return {
      files,
      problems: [{ file: path, line: 1, column: 1, message: 'The rule folder does not exist or cannot be read.' }],
    };
  }
  if (names.length === 0)
    problems.push({
      file: path,
      line: 1,
      column: 1,
      message: 'The folder contains no rule file (.yaml, .yml or .json).',
    });
  for (const name of names) {
    const document = new YamlDocument(name, readFileSync(name, 'utf8'));
    problems.push(...document.syntaxProblems);
    if (document.syntaxProblems.length > 0) continue;
    const parsed = ruleFileSchema.safeParse(document.data ?? {});
    if (parsed.success) files.push({ document, content: parsed.data });
    else problems.push(...document.zodProblems(parsed.error, RULE_FILE_KEYS));
  }
  return { files, problems };
}

function isRuleFile(name: string): boolean {
  return /\.(ya?ml|json)$/i.test(name);
}
