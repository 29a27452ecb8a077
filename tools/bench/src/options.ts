import { parseArgs } from 'node:util';
import { StackError } from '@adjoin/stack';

/** Options of `npm run bench`. */
export interface BenchOptions {
  /** Benches in the order they were named. */
  readonly names: readonly string[];
  /** The last line of standard output is the list of results as JSON. */
  readonly json: boolean;
  readonly profile: boolean;
  /** Undefined: what the bench thinks right, at least 3. */
  readonly runs: number | undefined;
  readonly users: number | undefined;
  readonly groups: number | undefined;
  /** Members of a group. */
  readonly members: number | undefined;
  /** What limits are divided by, for `throttled`. */
  readonly scale: number | undefined;
  /** Changes to measure, for benches that make some. */
  readonly changes: number | undefined;
  /** Numbers of users, for `scale`. */
  readonly sizes: readonly number[] | undefined;
  readonly seconds: number | undefined;
  readonly seed: number | undefined;
  /** Ports moved by slot × 100, as for the stack. */
  readonly slot: number;
}

const OPTIONS = {
  json: { type: 'boolean', default: false },
  profile: { type: 'boolean', default: false },
  runs: { type: 'string' },
  users: { type: 'string' },
  groups: { type: 'string' },
  members: { type: 'string' },
  scale: { type: 'string' },
  changes: { type: 'string' },
  sizes: { type: 'string' },
  seconds: { type: 'string' },
  seed: { type: 'string' },
  slot: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** What the help says about the benches. */
export interface KnownBenches {
  readonly built: readonly { readonly name: string; readonly does: string }[];
  /** Names we mean to have and do not have yet, with what they would measure. */
  readonly notBuilt: readonly { readonly name: string; readonly does: string }[];
}

export function usageText({ built, notBuilt }: KnownBenches): string {
  const line = ({ name, does }: { readonly name: string; readonly does: string }): string =>
    `  ${name.padEnd(12)} ${does}`;
  return [
    'usage: npm run bench -- <name...> [options]',
    ...built.map(line),
    ...(notBuilt.length === 0 ? [] : ['not built yet:', ...notBuilt.map(line)]),
    'options:',
    '  --runs N       runs of each bench; the median counts (3)',
    '  --users N      users; default by bench',
    '  --groups N     groups; default by bench',
    '  --members N    members of a group (large-group, edges)',
    '  --scale N      published limits are divided by it (throttled)',
    '  --changes N    changes to measure (delta, latency)',
    '  --sizes A,B    numbers of users (scale), of replicas (replicas)',
    '  --seconds N    duration (fuzz, memory)',
    '  --seed N       first random number (fuzz)',
    '  --slot K       ports and addresses of the stack moved by K, to run beside another stack (0)',
    '  --profile      write CPU profiles to the state folder',
    '  --json         the last line is the results as JSON',
    'Every result is kept in the state folder and the next one of equal parameters is compared with it.',
    '',
  ].join('\n');
}

/** Reads the command line; undefined when help was asked for. Throws ADJ-STK-4001 for wrong usage. */
export function parseOptions(args: readonly string[], known: KnownBenches): BenchOptions | undefined {
  const { values, positionals } = parse(args, known);
  if (values.help) return undefined;
  const fail = (reason: string): StackError => usage(reason, known);
  if (positionals.length === 0) throw fail('Name at least one bench.');
  for (const name of positionals) {
    if (known.built.some((bench) => bench.name === name)) continue;
    const planned = known.notBuilt.some((bench) => bench.name === name);
    throw fail(planned ? `The bench "${name}" is not built yet.` : `There is no bench "${name}".`);
  }
  const number = (
    option: 'runs' | 'users' | 'groups' | 'members' | 'scale' | 'changes' | 'seconds' | 'seed' | 'slot',
    least: number,
  ) => (values[option] === undefined ? undefined : integer(values[option], option, least, fail));
  return {
    names: [...new Set(positionals)],
    json: values.json,
    profile: values.profile,
    runs: number('runs', 1),
    users: number('users', 1),
    groups: number('groups', 0),
    members: number('members', 1),
    scale: number('scale', 1),
    changes: number('changes', 1),
    sizes: values.sizes?.split(',').map((text) => integer(text, 'sizes', 1, fail)),
    seconds: number('seconds', 1),
    seed: number('seed', 0),
    slot: number('slot', 0) ?? 0,
  };
}

function parse(args: readonly string[], known: KnownBenches) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error), known);
  }
}

function integer(text: string, option: string, least: number, fail: (reason: string) => StackError): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) < least)
    throw fail(`--${option} takes a number from ${least}, not "${text}".`);
  return Number(text);
}

function usage(reason: string, known: KnownBenches): StackError {
  return new StackError('ADJ-STK-4001', `${reason}\n${usageText(known)}`);
}
