import { isMap, isNode, isPair, isScalar, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import type { z } from 'zod';
import { nearestName } from './nearest-name.js';
import type { RuleProblem } from './problem.js';

export type DocumentPath = readonly (string | number)[];

/** A YAML (or JSON) file with the position of every value. */
export class YamlDocument {
  readonly file: string;
  /** Problems of the YAML syntax itself; when there are any, `data` is not to be used. */
  readonly syntaxProblems: readonly RuleProblem[];
  readonly data: unknown;
  readonly #document: Document.Parsed;
  readonly #source: string;
  readonly #lines = new LineCounter();

  constructor(file: string, text: string) {
    this.file = file;
    this.#source = text;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, intAsBigInt: true });
    this.syntaxProblems = this.#document.errors.map((error) => ({
      file,
      ...this.#at(error.pos[0]),
      message: error.message,
    }));
    this.data = this.syntaxProblems.length > 0 ? undefined : this.#document.toJS({ maxAliasCount: 1000 });
  }

  /** A problem at the value with this path, or at its nearest enclosing value. */
  problem(path: DocumentPath, message: string, suggestion?: string): RuleProblem {
    return { file: this.file, ...this.#at(this.#offset(path)), message, suggestion };
  }

  /** A problem at a key of the mapping with this path. */
  keyProblem(path: DocumentPath, key: string, message: string, suggestion?: string): RuleProblem {
    return { file: this.file, ...this.#at(this.#keyOffset(path, key) ?? this.#offset(path)), message, suggestion };
  }

  /** A problem inside a text value: `index` counts in the parsed text. */
  textProblem(path: DocumentPath, index: number, message: string, suggestion?: string): RuleProblem {
    const node = this.#node(path);
    if (!isScalar(node) || !node.range) return this.problem(path, message, suggestion);
    const start = this.#at(node.range[0]);
    const text = String(node.value);
    const before = text.slice(0, index).split('\n');
    const inLine = before.at(-1)?.length ?? 0;
    if (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') {
      const line = start.line + before.length;
      const indent = this.#indent(line) - leadingBlanks(text.split('\n')[before.length - 1] ?? '');
      return { file: this.file, line, column: Math.max(0, indent) + inLine + 1, message, suggestion };
    }
    const quote = node.type === 'PLAIN' ? 0 : 1;
    return { file: this.file, line: start.line, column: start.column + quote + index, message, suggestion };
  }

  /** Translates the issues of a zod schema into problems with positions and suggestions. */
  zodProblems(error: z.ZodError, knownKeys: Iterable<string>): RuleProblem[] {
    const known = [...knownKeys];
    return error.issues.flatMap((issue) => this.#issueProblems(issue, known));
  }

  #issueProblems(issue: z.core.$ZodIssue, known: readonly string[]): RuleProblem[] {
    const path = issue.path as (string | number)[];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => this.keyProblem(path, key, `Unknown key "${key}".`, nearestName(key, known)));
    }
    if (issue.code === 'invalid_union') {
      const nested = bestAlternative(issue.errors).filter(
        (one) => one.path.length > 0 || one.code === 'unrecognized_keys',
      );
      if (nested.length > 0)
        return nested.flatMap((one) => this.#issueProblems({ ...one, path: [...path, ...one.path] }, known));
    }
    if (issue.code === 'invalid_value') {
      const actual = this.valueAt(path);
      const allowed = issue.values.map(String);
      const near = typeof actual === 'string' ? nearestName(actual, allowed) : undefined;
      return [this.problem(path, `"${String(actual)}" is not allowed here; allowed: ${allowed.join(', ')}.`, near)];
    }
    const name = path.length > 0 ? `${String(path.at(-1))}: ` : '';
    return [this.problem(path, `${name}${issue.message}.`.replace('..', '.'))];
  }

  /** The plain value at a path. */
  valueAt(path: DocumentPath): unknown {
    let value = this.data;
    for (const step of path)
      value =
        typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[step] : undefined;
    return value;
  }

  #node(path: DocumentPath): Node | undefined {
    const node = path.length === 0 ? this.#document.contents : this.#document.getIn(path, true);
    return isNode(node) ? node : undefined;
  }

  #offset(path: DocumentPath): number {
    for (let length = path.length; length >= 0; length--) {
      const range = this.#node(path.slice(0, length))?.range;
      if (range) return range[0];
    }
    return 0;
  }

  #keyOffset(path: DocumentPath, key: string): number | undefined {
    const map = this.#node(path);
    if (!isMap(map)) return undefined;
    for (const pair of map.items) {
      if (isPair(pair) && isScalar(pair.key) && String(pair.key.value) === key) return pair.key.range?.[0];
    }
    return undefined;
  }

  #indent(line: number): number {
    const start = this.#lines.lineStarts[line - 1] ?? 0;
    return leadingBlanks(this.#source.slice(start, start + 200));
  }

  #at(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

function leadingBlanks(text: string): number {
  return /^ */.exec(text)?.[0].length ?? 0;
}

/**
 * The issues worth reporting of the alternatives of a union: keys that no alternative knows, else the alternative that
 * comes nearest (fewest issues, deepest first).
 */
function bestAlternative(alternatives: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] {
  const unknown = alternatives.map(
    (issues) =>
      new Set(issues.flatMap((one) => (one.code === 'unrecognized_keys' && one.path.length === 0 ? one.keys : []))),
  );
  const everywhere = [...(unknown[0] ?? [])].filter((key) => unknown.every((keys) => keys.has(key)));
  if (everywhere.length > 0) return [{ code: 'unrecognized_keys', keys: everywhere, path: [], message: '', input: {} }];
  const depth = (issues: readonly z.core.$ZodIssue[]): number => Math.max(0, ...issues.map(({ path }) => path.length));
  return alternatives.toSorted((a, b) => a.length - b.length || depth(b) - depth(a))[0] ?? [];
}
