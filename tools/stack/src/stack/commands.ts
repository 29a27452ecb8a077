import { parseArgs } from 'node:util';
import { StackError } from '../stack-error.js';
import { stateFolder, type StateFolder } from '../state-folder.js';
import { cleanCommand } from './clean.js';
import { downCommand } from './down.js';
import { logsCommand } from './logs.js';
import { requestRestart } from './request.js';
import { readStackRecord, type StackRecord } from './stack-file.js';
import { statusCommand } from './status.js';
import { upCommand } from './up.js';

const USAGE = `usage: npm run stack:<command> -- [options]
  up       start Kafka, MongoDB, the forests, the simulator and our processes; Ctrl-C stops them
             --users N --groups N --forests 1|2 --no-apps --passwords --keep --detach --yes
             --slot K (beside another stack: ports moved by K * 100, forests on 127.0.K.x)
  down     stop a stack that runs
  status   show processes, ports and memory          --json
  logs     show log files                            [name] [-f] [--lines N]
  restart  restart one process                       <name>
  clean    remove data of stacks that do not run     --all also removes downloads and snapshots
  every command: --name NAME (default "local")
`;

const OPTIONS = {
  name: { type: 'string', default: 'local' },
  users: { type: 'string' },
  groups: { type: 'string' },
  forests: { type: 'string', default: '1' },
  slot: { type: 'string', default: '0' },
  'no-apps': { type: 'boolean', default: false },
  passwords: { type: 'boolean', default: false },
  keep: { type: 'boolean', default: false },
  detach: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  follow: { type: 'boolean', short: 'f', default: false },
  lines: { type: 'string', default: '40' },
  all: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Runs one command of the local stack; resolves to the exit code. */
export async function runStackCommand(args: readonly string[]): Promise<number> {
  const parsed = parse(args);
  const [command, subject] = parsed.positionals;
  const { values } = parsed;
  const { name } = values;
  const state = stateFolder();
  if (values.help || command === undefined) {
    process.stdout.write(USAGE);
    return values.help ? 0 : 2;
  }
  switch (command) {
    case 'up':
      return upCommand({
        state,
        args,
        name,
        users: count(values.users, 'users'),
        groups: count(values.groups, 'groups'),
        forests: count(values.forests, 'forests') ?? 1,
        slot: count(values.slot, 'slot') ?? 0,
        apps: !values['no-apps'],
        passwords: values.passwords,
        keep: values.keep,
        detach: values.detach,
        yes: values.yes,
      });
    case 'down':
      return downCommand(state, name);
    case 'status':
      return statusCommand(state, { name, json: values.json });
    case 'logs':
      return logsCommand(recordOf(state, name), {
        service: subject,
        follow: values.follow,
        lines: count(values.lines, 'lines') ?? 40,
      });
    case 'restart':
      if (subject === undefined)
        throw new StackError(
          'ADJ-STK-4001',
          'Which process? Name it: node tools/bootstrap.mjs stack restart sync-engine',
        );
      recordOf(state, name);
      await requestRestart(state.run(name), subject);
      process.stdout.write(`${subject} was restarted\n`);
      return 0;
    case 'clean':
      return cleanCommand(state, { all: values.all });
    default:
      process.stderr.write(USAGE);
      return 2;
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StackError('ADJ-STK-4001', `${reason}\n${USAGE}`, { cause: error });
  }
}

function count(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,7}$/.test(text)) throw new StackError('ADJ-STK-4001', `--${option} takes a number, not "${text}".`);
  return Number(text);
}

function recordOf(state: StateFolder, name: string): StackRecord {
  const record = readStackRecord(state.run(name));
  if (record === undefined)
    throw new StackError('ADJ-STK-2003', `No stack "${name}" runs. Start it with: npm run stack:up`);
  return record;
}
