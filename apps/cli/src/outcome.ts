import { EXIT, type ExitCode } from './exit-code.js';

/** What a command has to tell: the JSON document of `--json`, and the text for people. */
export interface Outcome {
  readonly json: unknown;
  readonly text: string;
  readonly exit: ExitCode;
}

/** A result; `held` says that something is held back. */
export function told(json: unknown, text: string, options: { readonly held?: boolean } = {}): Outcome {
  return { json, text, exit: options.held === true ? EXIT.held : EXIT.ok };
}

/** A result of a check that did not pass. */
export const notPassed = (json: unknown, text: string): Outcome => ({ json, text, exit: EXIT.failed });
