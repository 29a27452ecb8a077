import { spawn } from 'node:child_process';
import { repositoryRoot } from '../state-folder.js';

/** A step's program and its limits. */
export interface Step {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

const GRACE_MS = 8000;

/**
 * Runs a Node program in its own process group and resolves to its exit code.
 * At the deadline or when aborted the whole group is ended, so that nothing it started stays behind.
 */
export function runStep(step: Step): Promise<{ readonly code: number; readonly timedOut: boolean }> {
  return new Promise((settle) => {
    const child = spawn(process.execPath, [...step.args], {
      cwd: repositoryRoot(),
      env: { ...process.env, ...step.env },
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
    let timedOut = false;
    const end = (): void => {
      killGroup(child.pid, 'SIGTERM');
      setTimeout(() => killGroup(child.pid, 'SIGKILL'), GRACE_MS).unref();
    };
    const timer = setTimeout(() => {
      timedOut = true;
      end();
    }, step.deadlineMs);
    step.signal.addEventListener('abort', end, { once: true });
    const finish = (code: number): void => {
      clearTimeout(timer);
      step.signal.removeEventListener('abort', end);
      killGroup(child.pid, 'SIGKILL'); // what the program started itself and left
      settle({ code, timedOut });
    };
    child.once('error', () => finish(1));
    child.once('exit', (code) => finish(code ?? 1));
    if (step.signal.aborted) end();
  });
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    return; // the group has ended
  }
}
