import { setTimeout as sleep } from 'node:timers/promises';
import {
  announceDownloads,
  bringUp,
  labForests,
  pendingDownloads,
  slotPorts,
  stateFolder,
  type Stack,
} from '@adjoin/stack';
import { makeChanges } from './changes/make-changes.js';
import { compare } from './counting/compare.js';
import type { DirectoryEntry } from './counting/directory-object.js';
import { expectationOf, expectedCounts, type Expectation } from './counting/expectation.js';
import type { TenantDomains } from './counting/expected-values.js';
import { anchorsByEntry, personsOf, type IdentifyUsersBy } from './counting/persons.js';
import { readDirectory } from './counting/read-directory.js';
import { readDomains, readTenant } from './counting/read-tenant.js';
import { graphReader } from './graph/graph-client.js';
import type { DemoOptions } from './options.js';
import type { Report } from './progress.js';
import {
  CHANGE_KINDS,
  rounded,
  type ChangeLatency,
  type Counts,
  type DemoReport,
  type FullSync,
  type Mismatch,
} from './report.js';
import { ControlPlane } from './run/control-plane.js';
import { waitForFullSync } from './run/full-sync.js';
import type { Lab } from './run/lab.js';
import { measureNoChange } from './run/no-change.js';
import { ProcessUsage } from './run/process-usage.js';
import { waitUntilIdle } from './run/settle.js';
import { SimulatorAdmin } from './run/simulator-admin.js';
import { CHANGES_PER_KIND } from './changes/change-plan.js';

/** What came of the demo. It was successful when there is no problem. */
export interface DemoResult {
  readonly report: DemoReport;
  readonly problems: readonly string[];
  /** Address of the control-plane, which also serves the status page. */
  readonly controlPlane: string;
  /** A user to try commands with. */
  readonly sampleUser: string;
}

const SETTLE_MS = 20_000;
/** Acknowledged writes may be confirmed late: differences are looked at again that long. */
const COMPARE_MS = 10_000;
const COMPARE_EVERY_MS = 1000;

/** A stack that has just been started. */
export interface StartedStack {
  readonly stack: Stack;
  readonly usage: ProcessUsage;
  readonly startedAt: number;
  /** What the forests held before our processes started. */
  readonly before: readonly (readonly DirectoryEntry[])[];
  /** What the tenant must hold by that; counted beforehand, not while the processes that are measured work. */
  readonly counts: Counts;
}

/** Starts the stack of the demo; downloads are announced before. */
export async function startStack(
  options: DemoOptions,
  running: { readonly report: Report; readonly signal: AbortSignal },
): Promise<StartedStack> {
  const startedAt = Date.now();
  const state = stateFolder();
  const { report, signal } = running;
  await announceDownloads(await pendingDownloads(state.cache, { forests: true }), { yes: options.yes, report });
  const name = options.slot === 0 ? 'local' : `slot-${options.slot}`;
  const usage = new ProcessUsage(state.run(name));
  let before: readonly (readonly DirectoryEntry[])[] = [];
  let counts: Counts = { users: 0, groups: 0, memberships: 0 };
  try {
    const stack = await bringUp({
      state,
      name,
      ports: slotPorts(options.slot),
      forests: labForests(options.forests, options, options.slot),
      keep: options.keep,
      beforeApps: async (forests) => {
        before = await readForests(forests);
        counts = expectedCounts(before.flat(), identifiedBy(forests));
      },
      report,
      signal,
      onCrash: ({ name: process, exit, lastLines }) => {
        report(`${process} ended by itself (${exit}); its last lines:`);
        for (const line of lastLines) report(`  ${process} | ${line}`);
      },
    });
    return { stack, usage, startedAt, before, counts };
  } catch (error) {
    usage.stop();
    throw error;
  }
}

/** Synchronizes, changes, measures and compares on a running stack. */
export async function runDemo(
  { stack, usage, startedAt, before, counts }: StartedStack,
  running: { readonly report: Report; readonly signal: AbortSignal },
): Promise<DemoResult> {
  const graph = graphReader(stack);
  try {
    const lab: Lab = {
      ...running,
      startedAt,
      stack,
      graph,
      simulator: new SimulatorAdmin(stack.ports),
      controlPlane: new ControlPlane(stack.ports),
    };
    return await new Demo(lab, usage, before).run(counts);
  } finally {
    graph.close();
  }
}

const readForests = (forests: Stack['forests']): Promise<readonly (readonly DirectoryEntry[])[]> =>
  Promise.all(forests.map(({ forest }) => readDirectory(forest)));

/** What the connector file of the stack says. */
const identifiedBy = (forests: Stack['forests']): IdentifyUsersBy => (forests.length > 1 ? 'sid' : 'once');

const NO_FULL_SYNC: FullSync = { objects: 0, seconds: 0, objectsPerSecond: 0 };

class Demo {
  readonly #lab: Lab;
  readonly #usage: ProcessUsage;
  /** What the forests held before our processes started. */
  readonly #before: readonly (readonly DirectoryEntry[])[];
  readonly #problems: string[] = [];

  constructor(lab: Lab, usage: ProcessUsage, before: readonly (readonly DirectoryEntry[])[]) {
    this.#lab = lab;
    this.#usage = usage;
    this.#before = before;
  }

  async run(counts: Counts): Promise<DemoResult> {
    const { stack, graph } = this.#lab;
    const fullSync = await this.#step('First synchronization', () => waitForFullSync(this.#lab, { counts }));
    const cpuMs = this.#usage.cpuMs();
    const isSynced = fullSync !== undefined;
    const changes = isSynced ? await this.#changes(this.#before) : [];
    const noChangeSeconds = isSynced
      ? await this.#step('Cycle without changes', () => measureNoChange(this.#lab, stack.forests[0]?.forest.name ?? ''))
      : undefined;
    const end = await this.#compare(await readDomains(graph), isSynced);
    const report: DemoReport = {
      ad: end.expected.counts,
      entra: end.entra,
      mismatches: end.mismatches,
      unsupported: { contact: 0, ...end.expected.unsupported },
      changes,
      fullSync: fullSync ?? NO_FULL_SYNC,
      noChangeSeconds: noChangeSeconds ?? null,
      peakRssMb: this.#usage.peakRssMb(),
      cpuMsPer1000: perThousand(cpuMs, fullSync?.objects ?? 0),
    };
    const sampleUser = end.expected.users.values().next().value?.values['userPrincipalName'];
    return {
      report,
      problems: this.#problems,
      controlPlane: this.#lab.controlPlane.url,
      sampleUser: typeof sampleUser === 'string' ? sampleUser : '',
    };
  }

  /** Runs a part; a failure becomes a problem of the report, so that the counts are shown all the same. */
  async #step<T>(what: string, action: () => Promise<T>): Promise<T | undefined> {
    try {
      return await action();
    } catch (error) {
      this.#lab.signal.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      this.#problems.push(reason.startsWith(what) ? reason : `${what}: ${reason}`);
      return undefined;
    }
  }

  async #changes(forests: readonly (readonly DirectoryEntry[])[]): Promise<DemoReport['changes']> {
    const persons = personsOf(forests.flat(), identifiedBy(this.#lab.stack.forests));
    const anchors = anchorsByEntry(forests.flat(), persons);
    const changes: ChangeLatency[] = [];
    for (const [index, { forest }] of this.#lab.stack.forests.entries()) {
      this.#lab.report(
        `changing ${forest.domain}: milliseconds from the LDAP answer to the first read of Graph that shows it`,
      );
      const scene = { entries: forests[index] ?? [], persons, anchors };
      const result = await this.#step(`Changes of ${forest.domain}`, () => makeChanges(this.#lab, forest, scene));
      this.#problems.push(...(result?.problems ?? []));
      this.#noteMissing(forest.domain, result?.changes ?? []);
      changes.push(...(result?.changes ?? []));
    }
    return changes;
  }

  #noteMissing(domain: string, changes: readonly ChangeLatency[]): void {
    for (const kind of CHANGE_KINDS) {
      const arrived = changes.filter((change) => change.kind === kind).length;
      if (arrived < CHANGES_PER_KIND)
        this.#problems.push(`Changes of ${domain}: ${arrived} of ${CHANGES_PER_KIND} of kind ${kind} arrived.`);
    }
  }

  /** Counts both sides at the end and compares every value. */
  async #compare(
    domains: TenantDomains,
    isSynced: boolean,
  ): Promise<{ readonly expected: Expectation; readonly entra: Counts; readonly mismatches: readonly Mismatch[] }> {
    if (isSynced) await this.#step('End', () => waitUntilIdle(this.#lab, 'End: the engine to be idle', SETTLE_MS));
    this.#lab.report('counting both sides and comparing every value');
    const until = performance.now() + (isSynced ? COMPARE_MS : 0);
    for (;;) {
      this.#lab.signal.throwIfAborted();
      const [forests, content] = await Promise.all([readForests(this.#lab.stack.forests), readTenant(this.#lab.graph)]);
      const expected = expectationOf(forests.flat(), domains, identifiedBy(this.#lab.stack.forests));
      const mismatches = compare(expected, content);
      const memberships = content.groups.reduce((sum, group) => sum + group.memberIds.length, 0);
      const entra = { users: content.users.length, groups: content.groups.length, memberships };
      if (mismatches.length === 0 || performance.now() > until) {
        this.#noteDifferences(expected.counts, entra, mismatches);
        return { expected, entra, mismatches };
      }
      await sleep(COMPARE_EVERY_MS);
    }
  }

  #noteDifferences(ad: Counts, entra: Counts, mismatches: readonly Mismatch[]): void {
    for (const name of ['users', 'groups', 'memberships'] as const) {
      if (ad[name] !== entra[name])
        this.#problems.push(`Counts: Active Directory has ${ad[name]} ${name}, Entra ID has ${entra[name]}.`);
    }
    if (mismatches.length > 0) this.#problems.push(`Comparison: ${mismatches.length} values differ.`);
  }
}

function perThousand(cpuMs: Readonly<Record<string, number>>, objects: number): Readonly<Record<string, number>> {
  if (objects === 0) return {};
  return Object.fromEntries(Object.entries(cpuMs).map(([name, ms]) => [name, rounded((ms * 1000) / objects)]));
}
