import type { ImportNote, RuleImport, RuleProblem } from '@adjoin/rule-files';
import { formatProblem } from '@adjoin/rule-files';
import type { Io } from '../io.js';
import { section } from './table.js';

const HEADINGS: readonly (readonly [ImportNote['kind'], string])[] = [
  ['left-out', 'Left out'],
  ['check', 'To be looked at'],
  ['info', 'For information'],
];

/** What an import did, and everything that is not in its result. */
export function importText(
  io: Io,
  { file, imported, problems }: { file: string | null; imported: RuleImport; problems: readonly RuleProblem[] },
): string {
  const { rules, disabled, defaults, exported, notes } = imported;
  const summary = `${exported} rules in the export: ${exported - defaults} own, of which ${rules} are in the rule file; ${defaults} default rules, of which ${disabled} are disabled in it.\n`;
  const listed = HEADINGS.map(([kind, heading]) => {
    const own = notes.filter((note) => note.kind === kind);
    return own.length === 0 ? '' : section(io, `${heading} (${own.length})`, own.map(noteLine).join(''));
  });
  const faults =
    problems.length === 0
      ? ''
      : section(
          io,
          `Not valid yet (${problems.length})`,
          problems.map((problem) => `${formatProblem(problem)}\n`).join(''),
        );
  const end =
    file === null ? '' : `\nWritten to ${file}. Go on with \`adjoin rules validate\` and \`adjoin rules diff\`.\n`;
  return summary + listed.join('') + faults + end;
}

function noteLine({ file, line, column, rule, message }: ImportNote): string {
  const place = line === null ? file : `${file}:${line}:${column ?? 1}`;
  return `${place} ${rule === undefined ? '' : `"${rule}": `}${message}\n`;
}
