import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readDirectory } from '@adjoin/demo';
import { DirectoryDriver } from '../changes/directory-driver.js';
import { doubledEffects, wrongDeletions, wrongRemovals } from '../check/journal-check.js';
import { describeSoakFigure, notReturned, soakFigures, soakGrowth, type Holdings } from '../check/memory-check.js';
import { openQueues } from '../check/queue-check.js';
import { applyFault } from '../faults/apply-fault.js';
import { queues } from '../faults/kafka-faults.js';
import type { FaultLab } from '../lab/fault-lab.js';
import { APPS, describeFault } from '../schedule/fault.js';
import { Random } from '../schedule/random.js';
import type { Schedule } from '../schedule/schedule.js';
import { differences } from './differences.js';
import { Operator } from './operator.js';
import { describeLab, untilNone } from './settle.js';
import { TenantWatch } from './tenant-watch.js';

export interface RunOptions {
  readonly changesPerSecond: number;
  /** The first load is part of the trouble: nothing is synchronized when it begins. */
  readonly fromTheStart: boolean;
  /** Memory and handles are sampled and may not grow: for a long run with a steady load. */
  readonly soak: boolean;
  /** The checker is not told what left the directory: it has to fail, or it can find nothing. */
  readonly plant: boolean;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What came of a seed. It was passed when nothing is wrong. */
export interface SeedResult {
  readonly wrong: readonly string[];
  /** Things worth knowing: crashes, what the operator did, figures. */
  readonly notes: readonly string[];
}

const SYNC_DEADLINE_MS = 150_000;
const QUEUE_DEADLINE_MS = 60_000;
const WATCH_MS = 300;
const SOAK_WATCH_MS = 1500;
const SAMPLE_MS = 5000;
/** Ten minutes of this load delete more than an organization does in a day: the threshold would hold them, as it should. */
const SOAK_DELETIONS = 100_000;

/** Runs the schedule of a seed on a lab whose processes wait to be started, and checks what is left. */
export async function runSchedule(lab: FaultLab, schedule: Schedule, options: RunOptions): Promise<SeedResult> {
  const run = new FaultRun(lab, schedule, options);
  try {
    return await run.run();
  } finally {
    run.end();
  }
}

class FaultRun {
  readonly #lab: FaultLab;
  readonly #schedule: Schedule;
  readonly #options: RunOptions;
  readonly #random: Random;
  readonly #watch: TenantWatch;
  readonly #operator: Operator;
  /** Ends what runs beside: watch, operator, samples. */
  readonly #beside = new AbortController();
  readonly #samples: Holdings[] = [];
  readonly #record: string[] = [];
  readonly #started = performance.now();

  constructor(lab: FaultLab, schedule: Schedule, options: RunOptions) {
    this.#lab = lab;
    this.#schedule = schedule;
    this.#options = options;
    this.#random = new Random(schedule.seed ^ 0x5eed);
    this.#watch = new TenantWatch(lab.tenant, options.soak ? SOAK_WATCH_MS : WATCH_MS);
    this.#operator = new Operator(lab);
  }

  end(): void {
    this.#beside.abort();
    const folder = join(this.#lab.stack.runFolder, 'logs');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'run.txt'), `${this.#record.join('\n')}\n`);
  }

  async run(): Promise<SeedResult> {
    const lab = this.#lab;
    const { signal, fromTheStart } = this.#options;
    const entries = await readDirectory(lab.forest);
    const driver = new DirectoryDriver(lab.forest, entries, this.#random.fork(), (line) => this.#note(line));
    let before: Holdings = {};
    const starting = lab.startApps();
    starting.catch(() => undefined); // a fault may end a process that starts; awaited below
    if (!fromTheStart) {
      await starting;
      const wrong = await this.#untilEqual();
      if (wrong.length > 0)
        return this.#result([`the first synchronization did not end: ${wrong.length} differences`, ...wrong]);
      before = lab.supervisor.holdings(APPS);
    }
    void this.#watch.run(this.#beside.signal);
    void this.#operator.run(this.#beside.signal);
    if (this.#options.soak) {
      await this.#operator.expectDeletions(SOAK_DELETIONS);
      void this.#sample();
    }
    await this.#trouble(driver, starting);
    signal.throwIfAborted();
    await this.#heal();
    return this.#check(driver, before);
  }

  /** Changes and faults at the same time. */
  async #trouble(driver: DirectoryDriver, starting: Promise<void>): Promise<void> {
    const { report, signal, changesPerSecond } = this.#options;
    const over = new AbortController();
    const both = AbortSignal.any([signal, over.signal]);
    const changes = driver.run(changesPerSecond, both);
    const faults = this.#faults(both);
    await Promise.race([sleep(this.#schedule.durationMs, undefined, { signal: both }), changes]).catch(() => undefined); // ended early
    over.abort();
    await Promise.all([changes, faults]);
    await starting.catch((error: unknown) => this.#note(`start: ${String(error)}`)); // the supervisor goes on with it
    const { count } = driver.log;
    report(`${count} changes were made, ${(count / (this.#schedule.durationMs / 1000)).toFixed(1)} a second`);
  }

  async #faults(signal: AbortSignal): Promise<void> {
    const { report } = this.#options;
    const begun = performance.now();
    for (const { atMs, fault } of this.#schedule.faults) {
      await sleep(Math.max(0, atMs - (performance.now() - begun)), undefined, { signal }).catch(() => undefined); // ended
      if (signal.aborted) return;
      const line = `fault ${describeFault(fault)}`;
      report(line);
      this.#note(line);
      await applyFault(fault, { lab: this.#lab, random: this.#random.fork(), signal }).catch((error: unknown) => {
        // A fault can fail because of the one before, for example when there is no primary to step down.
        this.#note(`${line}: ${error instanceof Error ? error.message : String(error)}`);
        report(`${line} could not be done: ${error instanceof Error ? error.message : String(error)}`);
      });
    }
  }

  /** Nothing is wrong any more with anything around the product. */
  async #heal(): Promise<void> {
    const lab = this.#lab;
    lab.kafkaProxy.silent = false;
    for (const name of lab.supervisor.names) lab.supervisor.signal(name, 'SIGCONT');
    for (const controller of lab.controllers) await controller.open();
    await Promise.all(APPS.map((name) => lab.setClock(name, 0)));
    await lab.supervisor.allReady();
    await lab.tenant.clearFaults();
    this.#options.report('everything works again; waiting for the tenant to equal the directory');
  }

  async #check(driver: DirectoryDriver, before: Holdings): Promise<SeedResult> {
    const lab = this.#lab;
    const { signal, report, soak, plant } = this.#options;
    const healed = performance.now();
    const unequal = await this.#untilEqual();
    report(
      `equal ${((performance.now() - healed) / 1000).toFixed(1)} s after the end of the trouble: ${unequal.length === 0 ? 'yes' : 'NO'}`,
    );
    const left = await untilNone(
      async () => {
        const { lags, deadLetters } = await queues(lab);
        return openQueues(await lab.controlPlane.status(), lags, deadLetters);
      },
      { deadlineMs: QUEUE_DEADLINE_MS, signal },
    );
    await this.#watch.look();
    const { changes, duplicates } = await this.#journal();
    const made = plant ? { gone: new Set<string>(), removed: new Set<string>(), added: driver.log.added } : driver.log;
    const history = { changes, anchors: this.#watch.anchors, made };
    const titles = this.#watch.titles;
    return this.#result([
      ...named('the tenant does not equal the directory', unequal),
      ...named('a queue did not drain', left),
      ...named('something was deleted that never left', wrongDeletions(history)),
      ...named('a member was removed that never left', wrongRemovals(history)),
      ...named('an effect was applied twice', [...doubledEffects(history), ...duplicates]),
      ...named('an old export was applied behind a newer one', titles.problems),
      ...named('the watch saw nothing', titles.seen > 0 ? [] : ['no title has changed']),
      ...named(
        'memory or handles did not return',
        soak ? soakGrowth(this.#samples) : notReturned(before, lab.supervisor.holdings(APPS)),
      ),
    ]);
  }

  async #journal() {
    const { duplicateAnchors } = await this.#lab.tenant.stats();
    const duplicates = duplicateAnchors.map((one) => `two objects with the anchor ${JSON.stringify(one)}`);
    return { changes: await this.#lab.tenant.changes(), duplicates };
  }

  #untilEqual(): Promise<readonly string[]> {
    return untilNone(() => differences(this.#lab), { deadlineMs: SYNC_DEADLINE_MS, signal: this.#options.signal });
  }

  async #sample(): Promise<void> {
    const { signal } = this.#beside;
    while (!signal.aborted) {
      this.#samples.push(this.#lab.supervisor.holdings(APPS));
      await sleep(SAMPLE_MS, undefined, { signal }).catch(() => undefined); // ended: the loop sees it
    }
  }

  async #result(wrong: readonly string[]): Promise<SeedResult> {
    const { supervisor } = this.#lab;
    const held = Object.entries(supervisor.holdings(APPS)).map(
      ([name, { rssMb, handles }]) => `${name} ${Math.round(rssMb)} MB ${handles} handles`,
    );
    return {
      wrong: wrong.length === 0 ? [] : [...wrong, ...(await describeLab(this.#lab))],
      notes: [
        ...supervisor.crashes,
        ...this.#operator.actions,
        held.join(', '),
        ...(this.#options.soak ? soakFigures(this.#samples).map(describeSoakFigure) : []),
      ],
    };
  }

  #note(line: string): void {
    this.#record.push(`${((performance.now() - this.#started) / 1000).toFixed(2).padStart(8)} ${line}`);
  }
}

const SHOWN = 12;

function named(what: string, problems: readonly string[]): readonly string[] {
  if (problems.length === 0) return [];
  const more = problems.length > SHOWN ? [`  and ${problems.length - SHOWN} more`] : [];
  return [`${what} (${problems.length}):`, ...problems.slice(0, SHOWN).map((line) => `  ${line}`), ...more];
}
