import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { SyncError } from '@adjoin/contracts';
import type { RuleSet, ScopeGroup, SyncRule } from '@adjoin/engine';
import {
  compareProblems,
  diffRules,
  flowText,
  formatProblem,
  listRules,
  printScenarioReport,
  runScenarioPaths,
  showRule,
  validateFolder,
  type RuleProblem,
} from '@adjoin/rule-files';
import { EXIT } from '../exit-code.js';
import type { Io } from '../io.js';
import { notPassed, told } from '../outcome.js';
import { facts, section, table } from '../output/table.js';
import type { Session } from '../session.js';
import { addApply } from './rules-apply.js';
import { addImport } from './rules-import.js';

/** `adjoin rules`: all but `apply` work on files, without any service. */
export function addRules(program: Command, session: Session): void {
  const rules = program.command('rules').description('synchronization rules in files');
  addValidate(rules, session);
  addList(rules, session);
  addShow(rules, session);
  addTest(rules, session);
  addDiff(rules, session);
  addImport(rules, session);
  addApply(rules, session);
}

function addValidate(rules: Command, session: Session): void {
  rules
    .command('validate [folder]')
    .description('check a rule folder over the default rules; without a folder the default rules alone')
    .action(
      session.action(async (folder: string | undefined, _options: object, _command: Command) => {
        const loaded = validateFolder(requireFolder(folder));
        if (!loaded.ok)
          return notPassed(
            { ok: false, rules: 0, problems: loaded.problems },
            problemText(session.io, loaded.problems),
          );
        const count = loaded.ruleSet.rules.length;
        return told(
          { ok: true, rules: count, problems: [] },
          `${session.io.paint('good', 'valid')}: ${count} rules for one forest and one tenant.`,
        );
      }),
    );
}

function addList(rules: Command, session: Session): void {
  rules
    .command('list [folder]')
    .description('rules by precedence')
    .action(
      session.action(async (folder: string | undefined, _options: object, _command: Command) => {
        const entries = listRules(loadedSet(folder));
        const text = table(
          session.io,
          entries,
          [
            { head: 'PREC', cell: (row) => row.precedence, right: true },
            { head: 'NAME', cell: (row) => row.name },
            { head: 'CONNECTOR', cell: (row) => row.connector },
            { head: 'DIRECTION', cell: (row) => row.direction },
            { head: 'FROM', cell: (row) => row.from },
            { head: 'TO', cell: (row) => row.to },
            { head: 'LINK', cell: (row) => row.link },
            { head: 'FLOWS', cell: (row) => row.flows, right: true },
            {
              head: 'STATE',
              cell: (row) => [row.standard ? 'standard' : 'own', ...(row.disabled ? ['disabled'] : [])].join(', '),
            },
          ],
          'No rules.',
        );
        return told({ rules: entries }, text);
      }),
    );
}

function addShow(rules: Command, session: Session): void {
  rules
    .command('show <rule> [folder]')
    .description('one rule, by name, id or precedence')
    .action(
      session.action(async (wanted: string, folder: string | undefined, _options: object, _command: Command) => {
        const found = showRule(loadedSet(folder), wanted);
        if (found.ok)
          return told({ rules: found.rules }, found.rules.map((rule) => render(session.io, rule)).join('\n'));
        const hint =
          found.suggestion === undefined ? 'See `adjoin rules list`.' : `Did you mean "${found.suggestion}"?`;
        throw new SyncError('ADJ-CLI-6001', `There is no rule ${wanted}.`, { hint });
      }),
    );
}

function addTest(rules: Command, session: Session): void {
  rules
    .command('test <path...>')
    .description('run scenarios, files or folders, on the engine alone')
    .addHelpText('after', '\nEnds with 1 when a scenario failed, with 2 when a file cannot be read.')
    .action(
      session.action(async (paths: string[], _options: object, _command: Command) => {
        const report = runScenarioPaths(paths);
        const exit = report.problems.length > 0 ? EXIT.usage : report.failed > 0 ? EXIT.failed : EXIT.ok;
        return { json: report, text: printScenarioReport(report), exit };
      }),
    );
}

function addDiff(rules: Command, session: Session): void {
  rules
    .command('diff <folder> [other]')
    .description(
      'what a rule folder changes in the default rules, or what another folder does differently from the first',
    )
    .action(
      session.action(async (folder: string, other: string | undefined, _options: object, _command: Command) => {
        const differences =
          other === undefined
            ? diffRules(loadedSet(undefined), loadedSet(folder))
            : diffRules(loadedSet(folder), loadedSet(other));
        const lines = differences.map(
          ({ rule, kind, changes }) =>
            `${session.io.paint('bold', kind)} ${rule}\n${changes.map((change) => `  ${change}\n`).join('')}`,
        );
        return told({ differences }, lines.length === 0 ? 'No differences.' : lines.join(''));
      }),
    );
}

function requireFolder(folder: string | undefined): string | undefined {
  if (folder === undefined || existsSync(folder)) return folder;
  throw new SyncError('ADJ-CLI-6002', `${folder} does not exist.`, {
    hint: 'Name a folder with rule files, or one rule file.',
  });
}

function loadedSet(folder: string | undefined): RuleSet {
  const loaded = validateFolder(requireFolder(folder));
  if (loaded.ok) return loaded.ruleSet;
  throw new SyncError(
    'ADJ-ENG-2001',
    `The rules have ${loaded.problems.length} problem(s):\n${loaded.problems.map(formatProblem).join('\n')}`,
  );
}

function problemText(io: Io, problems: readonly RuleProblem[]): string {
  const lines = [...problems].sort(compareProblems).map((problem) => `${formatProblem(problem)}\n`);
  return `${lines.join('')}${io.paint('bad', 'not valid')}: ${problems.length} problem(s).`;
}

const scopeText = (groups: readonly ScopeGroup[]): string =>
  groups
    .map(
      (group) =>
        `${group.map(({ attribute, operator, value }) => `${attribute} ${operator} ${value}`.trim()).join(' AND ')}\n`,
    )
    .join('or\n');

function render(io: Io, rule: SyncRule): string {
  const head = facts(io, [
    ['name', rule.name],
    ['description', rule.description],
    ['id', rule.id],
    ['precedence', rule.precedence],
    ['connector', rule.connector],
    ['direction', rule.direction],
    ['from', rule.sourceType],
    ['to', rule.targetType],
    ['link', rule.linkType],
    ['state', [rule.standard ? 'standard' : 'own', ...(rule.disabled ? ['disabled'] : [])].join(', ')],
  ]);
  const joins = rule.join
    .map((group) => `${group.map(({ csAttribute, mvAttribute }) => `${csAttribute} = ${mvAttribute}`).join(' AND ')}\n`)
    .join('or\n');
  const flows = table(
    io,
    rule.flows,
    [
      { head: 'TO', cell: (flow) => flow.to },
      { head: 'FLOW', cell: flowText },
    ],
    'none',
  );
  return [
    head,
    rule.scope.length === 0 ? '' : section(io, 'Scope', scopeText(rule.scope)),
    joins === '' ? '' : section(io, 'Join', joins),
    section(io, 'Flows', flows),
  ].join('');
}
