import { parseArgs } from 'node:util';
import { StackError } from '@adjoin/stack';
import { FAULT_KINDS, type FaultKind } from './schedule/fault.js';

/** Options of `npm run test:faults`. */
export interface FaultOptions {
  /** The first seed. Undefined: taken from the clock. */
  readonly seed: number | undefined;
  readonly seeds: number;
  /** How long there is trouble, for each seed. */
  readonly minutes: number;
  /** Minutes of a soak instead of seeds. */
  readonly soak: number | undefined;
  readonly users: number | undefined;
  readonly groups: number | undefined;
  /** Changes of the directory a second. */
  readonly rate: number | undefined;
  readonly kinds: readonly FaultKind[] | undefined;
  readonly slot: number | undefined;
  /** Print the schedules and do nothing. */
  readonly dryRun: boolean;
  /** Keep data and logs of seeds that passed, too. */
  readonly keep: boolean;
  readonly plant: boolean;
}

export const USAGE = `usage: npm run test:faults -- [options]
  --seed S       the first seed; a run is reproduced by its seed (taken from the clock)
  --seeds N      number of seeds, counted up from the first (3)
  --minutes M    minutes of trouble for each seed; also 0.5 (1)
  --soak M       instead of seeds: M minutes of a steady load of 20 changes a second and more, with five restarts of the domain controller
  --users N      users of the forest (200; soak 500)
  --groups N     groups (20)
  --rate N       changes of the directory a second (5; soak 25)
  --only A,B     kinds of faults: ${FAULT_KINDS.join(', ')}
  --slot K       ports and addresses moved by K, to run beside another stack (the first free one)
  --dry-run      print the schedules and end
  --keep         keep data and logs also when nothing is wrong
  --plant        the checker is not told what left the directory: every seed has to fail, or the checker can find nothing
The last line is "N passed, N failed": seeds, or the one soak.
`;

const OPTIONS = {
  seed: { type: 'string' },
  seeds: { type: 'string', default: '3' },
  minutes: { type: 'string', default: '1' },
  soak: { type: 'string' },
  users: { type: 'string' },
  groups: { type: 'string' },
  rate: { type: 'string' },
  only: { type: 'string' },
  slot: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  keep: { type: 'boolean', default: false },
  plant: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Reads the command line; undefined when help was asked for. Throws ADJ-STK-4001 for wrong usage. */
export function parseOptions(args: readonly string[]): FaultOptions | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  const { seed, seeds, minutes, soak, users, groups, rate, slot } = values;
  const optional = (name: string, text: string | undefined, least: number): number | undefined =>
    text === undefined ? undefined : number(name, text, least);
  return {
    seed: optional('seed', seed, 0),
    seeds: number('seeds', seeds, 1),
    minutes: number('minutes', minutes, 0.1),
    soak: optional('soak', soak, 0.5),
    users: optional('users', users, 60),
    groups: optional('groups', groups, 4),
    rate: optional('rate', rate, 0.1),
    kinds: kindsOf(values.only),
    slot: optional('slot', slot, 0),
    dryRun: values['dry-run'],
    keep: values.keep,
    plant: values.plant,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}

function kindsOf(text: string | undefined): readonly FaultKind[] | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',');
  const unknown = names.find((name) => !FAULT_KINDS.some((kind) => kind === name));
  if (unknown !== undefined) throw usage(`There is no kind of fault "${unknown}".`);
  return FAULT_KINDS.filter((kind) => names.includes(kind));
}

function number(option: string, text: string, least: number): number {
  if (!/^\d{1,10}(\.\d+)?$/.test(text) || Number(text) < least)
    throw usage(`--${option} takes a number from ${least}, not "${text}".`);
  return Number(text);
}

function usage(reason: string): StackError {
  return new StackError('ADJ-STK-4001', `${reason}\n${USAGE}`);
}
