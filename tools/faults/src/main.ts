import { describeError, reserveSlot, StackError, type SlotReservation } from '@adjoin/stack';
import { FaultLab } from './lab/fault-lab.js';
import { parseOptions, USAGE, type FaultOptions } from './options.js';
import { runSchedule, type SeedResult } from './run/run-seed.js';
import { describeFault } from './schedule/fault.js';
import { Random } from './schedule/random.js';
import { scheduleOf, type Schedule } from './schedule/schedule.js';
import { soakSchedule } from './schedule/soak-schedule.js';

const MINUTE = 60_000;
const USAGE_ERROR = 2;
const INTERRUPTED = 130;
/** Away from the slots of people, of the integration tests and of the end-to-end tests. */
const SLOTS = { first: 60, last: 80 } as const;
const DEFAULTS = { users: 200, soakUsers: 500, groups: 20, rate: 5, soakRate: 25 } as const;
/** One seed in so many begins before anything is synchronized. */
const FROM_THE_START = 1 / 3;

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options === undefined) {
    process.stdout.write(USAGE);
    return 0;
  }
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => abort.abort());
  const total = { passed: 0, failed: 0 };
  for (const schedule of schedulesOf(options)) {
    announce(schedule);
    if (options.dryRun) continue;
    const passed = await runOne(schedule, options, abort.signal);
    if (abort.signal.aborted) return INTERRUPTED;
    total[passed ? 'passed' : 'failed'] += 1;
  }
  process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
  return total.failed === 0 ? 0 : 1;
}

function schedulesOf({
  seed = Date.now() % 1_000_000,
  seeds,
  minutes,
  soak,
  kinds,
}: FaultOptions): readonly Schedule[] {
  if (soak !== undefined) return [soakSchedule(seed, soak * MINUTE)];
  return Array.from({ length: seeds }, (_, index) => scheduleOf(seed + index, { durationMs: minutes * MINUTE, kinds }));
}

function announce({ seed, durationMs, faults }: Schedule): void {
  print(`seed ${seed}: ${durationMs / 1000} s of trouble, ${faults.length} faults`);
  for (const { atMs, fault } of faults) print(`  ${(atMs / 1000).toFixed(1).padStart(6)} s ${describeFault(fault)}`);
}

/** Runs one schedule on a stack of its own; resolves to whether it passed. */
async function runOne(schedule: Schedule, options: FaultOptions, signal: AbortSignal): Promise<boolean> {
  const { seed } = schedule;
  const soak = options.soak !== undefined;
  const started = performance.now();
  const report = (line: string): void =>
    print(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s | ${line}`);
  let lab: FaultLab | undefined;
  let reservation: SlotReservation | undefined;
  let result: SeedResult | undefined;
  try {
    if (options.slot === undefined) reservation = await reserveSlot(SLOTS.first, SLOTS.last);
    lab = await FaultLab.open({
      name: `faults-${seed}`,
      slot: options.slot ?? reservation?.slot ?? SLOTS.first,
      users: options.users ?? (soak ? DEFAULTS.soakUsers : DEFAULTS.users),
      groups: options.groups ?? DEFAULTS.groups,
      report,
      signal,
    });
    result = await runSchedule(lab, schedule, {
      changesPerSecond: options.rate ?? (soak ? DEFAULTS.soakRate : DEFAULTS.rate),
      fromTheStart: !soak && !options.plant && new Random(seed ^ 0xbe91).chance(FROM_THE_START),
      soak,
      plant: options.plant,
      report,
      signal,
    });
  } catch (error) {
    if (!signal.aborted) result = { wrong: [describeError(error)], notes: [] };
  } finally {
    const keep = options.keep || (result !== undefined && result.wrong.length > 0);
    await lab?.close({ keep });
    await reservation?.release();
    if (keep && lab !== undefined) report(`logs are in ${lab.stack.runFolder}/logs, what was done in run.txt there`);
  }
  if (result === undefined) return false;
  for (const line of [...result.notes, ...result.wrong]) report(line);
  const passed = result.wrong.length === 0;
  print(`seed ${seed}: ${passed ? 'passed' : 'FAILED'} (${((performance.now() - started) / 1000).toFixed(0)} s)`);
  if (!passed) print(`  reproduce: npm run test:faults -- ${repetition(seed, options)}`);
  return passed;
}

/** The options that make the same run again. */
function repetition(seed: number, options: FaultOptions): string {
  const { soak, minutes, kinds, users, groups, rate } = options;
  return [
    `--seed ${seed}`,
    soak === undefined ? `--seeds 1 --minutes ${minutes}` : `--soak ${soak}`,
    ...(kinds === undefined ? [] : [`--only ${kinds.join(',')}`]),
    ...Object.entries({ users, groups, rate }).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name} ${value}`],
    ),
  ].join(' ');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = error instanceof StackError && error.code === 'ADJ-STK-4001' ? USAGE_ERROR : 1;
}
