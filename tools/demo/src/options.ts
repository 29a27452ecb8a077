import { parseArgs } from 'node:util';
import { StackError } from '@adjoin/stack';

/** Options of `npm run demo`. */
export interface DemoOptions {
  readonly users: number | undefined;
  readonly groups: number | undefined;
  readonly forests: 1 | 2;
  /** End after the report instead of staying up. */
  readonly exit: boolean;
  /** The last line of standard output is the report as JSON. */
  readonly json: boolean;
  /** Go on with the data of the last run. */
  readonly keep: boolean;
  /** Install system packages without asking. */
  readonly yes: boolean;
  /** Ports moved by slot × 100, forests on 127.0.<slot>.x; for several demos side by side. */
  readonly slot: number;
}

export const USAGE = `usage: npm run demo -- [options]
  --users N       users in each forest (500)
  --groups N      groups in each forest (a twentieth of the users, at least 10)
  --forests 1|2   number of Active Directory forests (1)
  --exit          stop after the report instead of staying up
  --json          the last line is the report as JSON
  --keep          go on with the data of the last run instead of starting from nothing
  --yes           install missing system packages without asking
`;

const OPTIONS = {
  users: { type: 'string' },
  groups: { type: 'string' },
  forests: { type: 'string', default: '1' },
  slot: { type: 'string', default: '0' },
  exit: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  keep: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** The changes of the demo need that many objects. */
const LEAST_USERS = 60;
const LEAST_GROUPS = 3;

/** Reads the command line; undefined when help was asked for. Throws ADJ-STK-4001 for wrong usage. */
export function parseOptions(args: readonly string[]): DemoOptions | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  const { exit, json, keep, yes } = values;
  const forests = Number(values.forests);
  if (forests !== 1 && forests !== 2) throw usage('--forests takes 1 or 2.');
  return {
    users: number(values.users, 'users', LEAST_USERS),
    groups: number(values.groups, 'groups', LEAST_GROUPS),
    forests,
    exit,
    json,
    keep,
    yes,
    slot: number(values.slot, 'slot', 0) ?? 0,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}

function number(text: string | undefined, option: string, least: number): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,7}$/.test(text) || Number(text) < least)
    throw usage(`--${option} takes a number from ${least}, not "${text}".`);
  return Number(text);
}

function usage(reason: string): StackError {
  return new StackError('ADJ-STK-4001', `${reason}\n${USAGE}`);
}
