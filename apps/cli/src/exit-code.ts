import type { ErrorCode } from '@adjoin/contracts';

/** Exit codes of every command: done, failed, wrong use or unreadable input, done but something is held. */
export const EXIT = { ok: 0, failed: 1, usage: 2, held: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const USAGE: ReadonlySet<ErrorCode> = new Set(['ADJ-API-4003', 'ADJ-CLI-6001', 'ADJ-CLI-6002']);

/** Exit code for a coded error. */
export const exitCodeOf = (code: ErrorCode): ExitCode => (USAGE.has(code) ? EXIT.usage : EXIT.failed);
