import { setTimeout as sleep } from 'node:timers/promises';
import type { Counts, FullSync } from '../report.js';
import { rounded } from '../report.js';
import { isIdle, openWork } from './control-plane.js';
import { waitFailure } from './diagnosis.js';
import type { Lab } from './lab.js';
import type { TenantStats } from './simulator-admin.js';

/** What the tenant must hold in the end. */
interface Expected {
  readonly counts: Counts;
}

const POLL_MS = 500;
const REPORT_MS = 2000;
/** How long the tenant may stay unchanged and incomplete before the wait is given up: the slowest start is a baseline of the tenant. */
const STALL_MS = 90_000;
/** The same once it holds something and the engine has nothing left to do: no more will come. */
const IDLE_STALL_MS = 30_000;
/** The tenant holds all there is and nothing changes: done, whatever the engine still believes to be open. */
const QUIET_MS = 8000;

/**
 * Waits until the tenant holds what Active Directory holds and the engine is idle, with progress lines. The wait has no fixed end but
 * ends with ADJ-STK-3001 when the tenant does not change for 90 s, or for 30 s while the engine is idle.
 */
export async function waitForFullSync(lab: Lab, expected: Expected): Promise<FullSync> {
  const progress = new SyncProgress(lab, expected);
  let changedAt = performance.now();
  let last: TenantStats | undefined;
  for (;;) {
    lab.signal.throwIfAborted();
    const stats = await lab.simulator.stats();
    if (stats.lastChange !== last?.lastChange) changedAt = performance.now();
    last = stats;
    progress.show(stats);
    const quietMs = performance.now() - changedAt;
    const complete = isComplete(stats, expected);
    // Asking costs every process something; while objects arrive the answer would change nothing.
    const idle = (complete || quietMs > IDLE_STALL_MS) && isIdle(await lab.controlPlane.status());
    if (complete && (idle || quietMs > QUIET_MS)) break;
    if (quietMs > (idle && stats.lastChange > 0 ? IDLE_STALL_MS : STALL_MS))
      throw await waitFailure(lab.stack, 'First synchronization', await whatIsOpen(lab, stats, expected));
    await sleep(POLL_MS);
  }
  const figures = await figuresOf(lab, last);
  const { users, groups, memberships } = last.objects;
  lab.report(`synchronized ${users} users, ${groups} groups, ${memberships} memberships in ${figures.seconds} s`);
  return figures;
}

function isComplete({ objects }: TenantStats, { counts }: Expected): boolean {
  const { users, groups, memberships } = counts;
  return objects.users === users && objects.groups === groups && objects.memberships === memberships;
}

async function whatIsOpen(lab: Lab, { objects }: TenantStats, { counts }: Expected): Promise<string> {
  const found = `the tenant holds ${objects.users} of ${counts.users} users, ${objects.groups} of ${counts.groups} groups, ${objects.memberships} of ${counts.memberships} memberships`;
  const status = await lab.controlPlane.status().catch(() => undefined);
  if (status === undefined) return `${found}; the control-plane does not answer`;
  const gates = status.gates.map(({ gate, reason, count }) => `gate ${gate} keeps back ${count} (${reason})`);
  const errors = status.connectors.map(
    ({ name, backlog, errors: count }) => `${name}: backlog ${backlog}, errors ${count}`,
  );
  return [found, `open work ${openWork(status)}`, ...errors, ...gates].join('; ');
}

/** From the first LDAP read (start of the first full import) to the last write the tenant acknowledged. */
async function figuresOf(lab: Lab, stats: TenantStats): Promise<FullSync> {
  const starts = await Promise.all(
    lab.stack.forests.map(({ forest }) => lab.controlPlane.firstImportAt(forest.name, lab.startedAt)),
  );
  const known = starts.filter((start) => start !== undefined);
  const end = await lab.simulator.lastWriteAt();
  const objects = stats.objects.users + stats.objects.groups;
  if (known.length === 0 || end === undefined) return { objects: 0, seconds: 0, objectsPerSecond: 0 }; // kept data
  const seconds = Math.max(0.001, (end - Math.min(...known)) / 1000);
  return { objects, seconds: rounded(seconds, 3), objectsPerSecond: rounded(objects / seconds, 1) };
}

/** Lines with counts and the rate since the line before. */
class SyncProgress {
  readonly #lab: Lab;
  readonly #expected: Expected;
  #shownAt = performance.now();
  #shown = 0;

  constructor(lab: Lab, expected: Expected) {
    this.#lab = lab;
    this.#expected = expected;
  }

  show({ objects }: TenantStats): void {
    const elapsed = performance.now() - this.#shownAt;
    if (elapsed < REPORT_MS) return;
    const { counts } = this.#expected;
    const now = objects.users + objects.groups;
    const rate = Math.max(0, Math.round(((now - this.#shown) * 1000) / elapsed));
    this.#lab.report(
      `synchronizing: ${objects.users}/${counts.users} users, ${objects.groups}/${counts.groups} groups, ${objects.memberships}/${counts.memberships} memberships, ${rate} objects/s`,
    );
    this.#shown = now;
    this.#shownAt = performance.now();
  }
}
