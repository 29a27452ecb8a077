import { z } from 'zod';
import type { ProcessStatus } from '@adjoin/contracts';
import type { ProcessUrls } from '../ports.js';

/** Longest wait for one process; all are asked at the same time. */
const PROBE_MS = 1500;

const readyAnswer = z.object({
  ready: z.boolean().optional(),
  checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.unknown().optional() })).default({}),
});

/** Asks every process whether it is ready. A process that does not answer is not ready, with the reason. */
export function probeProcesses(urls: ProcessUrls): Promise<ProcessStatus[]> {
  return Promise.all(Object.entries(urls).map(([name, url]) => probe(name, url)));
}

async function probe(name: string, url: string): Promise<ProcessStatus> {
  try {
    const response = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(PROBE_MS), redirect: 'error' });
    const answer = readyAnswer.safeParse(await response.json().catch(() => undefined)); // an answer without JSON still has a status
    const checks = Object.fromEntries(
      Object.entries(answer.data?.checks ?? {}).map(([part, check]) => [part, checkOf(check)]),
    );
    return { name, url, ready: response.ok, checks, error: response.ok ? null : `answers ${response.status}` };
  } catch (cause) {
    return { name, url, ready: false, checks: {}, error: reasonOf(cause) };
  }
}

function checkOf(check: { ok: boolean; detail?: unknown }): { ok: boolean; detail?: string } {
  if (check.detail === undefined || check.detail === null) return { ok: check.ok };
  return { ok: check.ok, detail: typeof check.detail === 'string' ? check.detail : JSON.stringify(check.detail) };
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.name === 'TimeoutError') return `no answer within ${PROBE_MS} ms`;
  return cause.cause instanceof Error ? cause.cause.message : cause.message;
}
