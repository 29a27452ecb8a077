import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultLab } from '../lab/fault-lab.js';

const EVERY_MS = 500;

export interface Waiting {
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** Asks until nothing is wrong any more, or the time is over; resolves to what was wrong at last. */
export async function untilNone(
  ask: () => Promise<readonly string[]>,
  { deadlineMs, signal }: Waiting,
): Promise<readonly string[]> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    signal.throwIfAborted();
    const wrong = await ask().catch((error: unknown) => [error instanceof Error ? error.message : String(error)]);
    if (wrong.length === 0 || performance.now() > end) return wrong;
    await sleep(EVERY_MS);
  }
}

/** Gates, processes and the last lines of the logs, for the report of a seed that failed. */
export async function describeLab({ supervisor, controlPlane }: FaultLab): Promise<readonly string[]> {
  const status = await controlPlane.status().then(
    ({ gates, targets, connectors }) => [
      ...gates.map(({ gate, reason, count }) => `gate ${gate} (${count}): ${reason}`),
      ...[...targets, ...connectors].map((one) => JSON.stringify(one)),
    ],
    (error: unknown) => [`the control-plane does not answer: ${String(error)}`],
  );
  const logs = supervisor.names
    .filter((name) => !['kafka', 'mongo', 'samba-corp', 'entra-simulator'].includes(name))
    .flatMap((name) =>
      supervisor
        .service(name)
        .logTail(6)
        .map((line) => `${name} | ${line.slice(0, 300)}`),
    );
  return [...status, ...logs];
}
