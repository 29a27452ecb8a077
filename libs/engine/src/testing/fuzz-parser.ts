import { childrenOf, type Expression } from '../expression/ast.js';
import { compileExpression, parseExpression } from '../expression/expression.js';
import { printExpression } from '../expression/print.js';
import { RandomTexts, randomFrom } from './random-text.js';

/** A text that the reader does not deal with as it promises. */
export interface ParserFailure {
  readonly text: string;
  readonly problem: string;
}

export interface ParserFuzzing {
  /** Gives the same texts again, in the same order. */
  readonly seed: number;
  readonly texts: number;
  /** Texts that are expressions. */
  readonly accepted: number;
  /** Milliseconds for the text that took longest, and that text. */
  readonly slowest: { readonly milliseconds: number; readonly text: string };
  readonly failures: readonly ParserFailure[];
}

/** A text that takes longer hangs, as far as an editor is concerned. Most take some microseconds. */
const HANG_MILLISECONDS = 2_000;
const MAXIMUM_FAILURES = 20;

/**
 * Reads random texts for some seconds: no text may make the reader throw or hang, every finding must lie in the text, and what is
 * accepted must come back unchanged when it is printed and read again. `now` gives milliseconds.
 */
export function fuzzParser(seconds: number, seed: number, now: () => number = Date.now): ParserFuzzing {
  const source = new RandomTexts(randomFrom(seed));
  const failures: ParserFailure[] = [];
  const end = now() + seconds * 1000;
  let [texts, accepted] = [0, 0];
  let slowest = { milliseconds: 0, text: '' };
  for (let before = now(); before < end && failures.length < MAXIMUM_FAILURES; before = now()) {
    const text = source.next();
    const { problem, valid } = problemWith(text);
    const milliseconds = now() - before;
    texts++;
    if (valid) accepted++;
    if (milliseconds > slowest.milliseconds) slowest = { milliseconds, text };
    if (problem !== undefined) failures.push({ text, problem });
    if (milliseconds > HANG_MILLISECONDS) failures.push({ text, problem: `took ${Math.round(milliseconds)} ms` });
  }
  return { seed, texts, accepted, slowest, failures };
}

/** What is wrong with how the reader deals with a text; nothing when all is well. */
export function problemWith(text: string): { readonly problem: string | undefined; readonly valid: boolean } {
  try {
    const { ast, errors } = parseExpression(text);
    const outside = errors.find(({ start, end }) => !(start >= 0 && start <= end && end <= text.length));
    if (outside !== undefined) return { problem: `finding outside of the text: ${outside.message}`, valid: false };
    const compiled = compileExpression(text);
    if (compiled.ok !== (errors.length === 0)) return { problem: 'compiled although it cannot be read', valid: false };
    return errors.length > 0 ? { problem: undefined, valid: false } : { problem: printProblem(ast), valid: true };
  } catch (error) {
    return { problem: `threw ${error instanceof Error ? error.message : String(error)}`, valid: false };
  }
}

function printProblem(ast: Expression): string | undefined {
  const printed = printExpression(ast);
  const again = parseExpression(printed);
  if (again.errors.length > 0) return `printed as ${printed}: ${again.errors[0]?.message ?? ''}`;
  return sameTree(ast, again.ast) ? undefined : `printed as ${printed}, which is another tree`;
}

/** Equal but for the places in the text. */
function sameTree(a: Expression, b: Expression): boolean {
  const own = (node: Expression): string => `${node.kind} ${[...labels(node)].join(' ')}`;
  const [left, right] = [childrenOf(a), childrenOf(b)];
  return (
    own(a) === own(b) &&
    left.length === right.length &&
    left.every((child, index) => {
      const other = right[index];
      return other !== undefined && sameTree(child, other);
    })
  );
}

function* labels(node: Expression): Generator<string> {
  if ('name' in node) yield node.name;
  if ('operator' in node) yield node.operator;
  if ('value' in node) yield JSON.stringify(String(node.value));
  if ('hex' in node) yield String(node.hex);
}
