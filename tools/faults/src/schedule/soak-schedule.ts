import type { Schedule } from './schedule.js';

const RESTARTS = 5;

/** A long steady load with five restarts of the domain controller, evenly spread; the last third of the time has as many as the second, or fewer. */
export function soakSchedule(seed: number, durationMs: number): Schedule {
  const faults = Array.from({ length: RESTARTS }, (_, index) => ({
    atMs: Math.round((durationMs * (index + 0.5)) / RESTARTS),
    fault: { kind: 'restart', process: 'samba-corp' } as const,
  }));
  return { seed, durationMs, faults };
}
