/**
 * Codes of the local stack. Each error of this package carries one; the message says what is wrong, where, and what to do.
 *
 * - `ADJ-STK-1001` the platform cannot run the local stack (not Linux x86-64, not root, no package manager): use docker compose.
 * - `ADJ-STK-1002` a tool is missing (java, mvn, pip, samba): the message names what to install.
 * - `ADJ-STK-1003` a download does not have the pinned checksum: delete the cache folder named and try again.
 * - `ADJ-STK-1004` the person declined the installation of system packages.
 * - `ADJ-STK-2001` a port is taken: the message names the port and, if known, the process that holds it.
 * - `ADJ-STK-2002` a stack of this name already runs: stop it first.
 * - `ADJ-STK-2003` no stack of this name runs.
 * - `ADJ-STK-2004` the stack has no process of that name.
 * - `ADJ-STK-3001` a service did not become ready before its deadline.
 * - `ADJ-STK-3002` a service ended while starting: the message ends with its last log lines.
 * - `ADJ-STK-3003` a command that the stack runs ended with an error.
 * - `ADJ-STK-4001` wrong usage of the command line.
 */
export type StackErrorCode =
  | 'ADJ-STK-1001'
  | 'ADJ-STK-1002'
  | 'ADJ-STK-1003'
  | 'ADJ-STK-1004'
  | 'ADJ-STK-2001'
  | 'ADJ-STK-2002'
  | 'ADJ-STK-2003'
  | 'ADJ-STK-2004'
  | 'ADJ-STK-3001'
  | 'ADJ-STK-3002'
  | 'ADJ-STK-3003'
  | 'ADJ-STK-4001';

/** A failure of the local stack that a person can act on. */
export class StackError extends Error {
  override readonly name = 'StackError';

  constructor(
    readonly code: StackErrorCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}

/** One line for a person: the code and what to do, never a stack trace. */
export function describeError(error: unknown): string {
  if (error instanceof StackError) return `[${error.code}] ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
