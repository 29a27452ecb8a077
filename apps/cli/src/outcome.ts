import { EXIT, type ExitCode } from './exit-code.js';

/** What a command has to tell: the JSON document of `--json`, and the text for people. */
export interface Outcome {
  readonly json: unknown;
  readonly text: string;
  /** For people, beside a text that is a document: goes to standard error. */
  readonly aside?: string | undefined;
  readonly exit: ExitCode;
}

/** A result; `held` says that something is held back or left out. */
export function told(
  json: unknown,
  text: string,
  options: { readonly held?: boolean; readonly aside?: string | undefined } = {},
): Outcome {
  return { json, text, aside: options.aside, exit: options.held === true ? EXIT.held : EXIT.ok };
}

/** A result of a check that did not pass. */
export const notPassed = (json: unknown, text: string): Outcome => ({ json, text, exit: EXIT.failed });
