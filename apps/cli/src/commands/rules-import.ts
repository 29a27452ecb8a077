import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { SyncError } from '@adjoin/contracts';
import { importRules, validateFolder, type ImportNote, type RuleImport, type RuleProblem } from '@adjoin/rule-files';
import { importText } from '../output/import-text.js';
import { told, type Outcome } from '../outcome.js';
import type { Session } from '../session.js';
import { nameValues } from './page-options.js';

const FILE_NAME = 'imported.yaml';

interface ImportOptions {
  readonly connector?: readonly string[];
  readonly force?: boolean;
}

/** `adjoin rules import` */
export function addImport(rules: Command, session: Session): void {
  rules
    .command('import <export> [target]')
    .description(
      'turn the server configuration that Entra Connect exports, a folder or one XML file, into a rule file laid over the default rules; without a target the rule file goes to standard output',
    )
    .option(
      '--connector <name=ours>',
      'name in Adjoin of a connector of the export, by its name or GUID there; repeatable',
      nameValues,
    )
    .option('--force', 'write over an existing rule file')
    .addHelpText(
      'after',
      `\nThe target is a folder, which gets ${FILE_NAME}, or a file that ends in .yaml or .yml. What cannot be said in a rule file is listed with its place. Ends with 2 and writes nothing when a file of the export cannot be read, and with 3 when something was left out or a person has to look at it.`,
    )
    .action(
      session.action(async (from: string, target: string | undefined, options: ImportOptions, _command: Command) =>
        importInto(session, from, target, options),
      ),
    );
}

async function importInto(
  session: Session,
  from: string,
  target: string | undefined,
  { connector = [], force = false }: ImportOptions,
): Promise<Outcome> {
  const file = target === undefined ? null : /\.ya?ml$/i.test(target) ? target : join(target, FILE_NAME);
  if (file !== null && !force && existsSync(file))
    throw new SyncError('ADJ-CLI-6001', `${file} exists already.`, { hint: 'Use --force to write over it.' });
  const imported = readExport(from, namesOf(connector));
  const problems = problemsOf(imported, file ?? 'the rule file');
  if (file !== null) write(file, imported.overlay);
  const { overlay, exported, rules, disabled, defaults, notes } = imported;
  const complete = problems.length === 0 && notes.every(({ kind }) => kind === 'info');
  const text = importText(session.io, { file, imported, problems });
  const json = { file, complete, exported, rules, disabled, defaults, notes, problems, overlay };
  return file === null ? told(json, overlay, { held: !complete, aside: text }) : told(json, text, { held: !complete });
}

/** Connector names by name or GUID in the export. The last `=` divides, because names of connectors may contain it. */
function namesOf(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((one) => {
      const at = one.lastIndexOf('=');
      const name = one.slice(0, at).trim();
      const isGuid = /^\{?[0-9a-f-]{36}\}?$/i.test(name);
      return [isGuid ? name.replace(/[{}]/g, '').toLowerCase() : name, one.slice(at + 1).trim()];
    }),
  );
}

function readExport(from: string, connectors: Readonly<Record<string, string>>): RuleImport {
  let imported: RuleImport;
  try {
    imported = importRules(from, { connectors });
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause)) throw cause;
    throw new SyncError('ADJ-CLI-6002', `${from} cannot be read: ${cause.message}`, { cause });
  }
  const damaged = imported.notes.filter(({ kind }) => kind === 'unreadable');
  if (damaged.length > 0)
    throw new SyncError('ADJ-CLI-6002', `Nothing was imported.\n${damaged.map(placed).join('\n')}`, {
      hint: 'Export the configuration again, or take the named file out.',
    });
  if (imported.exported === 0)
    throw new SyncError('ADJ-CLI-6002', `There is no synchronization rule in ${from}.`, {
      hint: 'Give the folder that Get-ADSyncServerConfiguration -Path has written, or one of its files.',
    });
  return imported;
}

const placed = ({ file, line, column, message }: ImportNote): string =>
  `${file}:${line ?? 1}:${column ?? 1} ${message}`;

/** What `rules validate` says of the result, for the connectors of the export. */
function problemsOf({ overlay, connectors }: RuleImport, shown: string): readonly RuleProblem[] {
  const folder = mkdtempSync(join(tmpdir(), 'adjoin-import-'));
  try {
    const file = join(folder, FILE_NAME);
    writeFileSync(file, overlay);
    const loaded = validateFolder(file, { connectors });
    return loaded.ok ? [] : loaded.problems.map((problem) => ({ ...problem, file: shown }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function write(file: string, overlay: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, overlay);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SyncError('ADJ-CLI-6004', `${file} cannot be written: ${reason}`, { cause });
  }
}
