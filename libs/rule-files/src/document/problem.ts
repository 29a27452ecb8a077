/** One thing that is wrong with a rule or scenario file. Lines and columns count from 1. */
export interface RuleProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** What is wrong, naming the offending word. */
  readonly message: string;
  /** The nearest correct name, when there is one. */
  readonly suggestion?: string | undefined;
}

/** `file:line:column message`, with the suggestion behind it. */
export function formatProblem(problem: RuleProblem): string {
  const hint = problem.suggestion === undefined ? '' : ` Did you mean "${problem.suggestion}"?`;
  return `${problem.file}:${problem.line}:${problem.column} ${problem.message}${hint}`;
}

/** Orders problems as they appear in the files. */
export function compareProblems(a: RuleProblem, b: RuleProblem): number {
  return a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column;
}
