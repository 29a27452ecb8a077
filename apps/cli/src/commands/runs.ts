import { setTimeout as wait } from 'node:timers/promises';
import { Option, type Command } from 'commander';
import { RUN_PROFILES, SyncError, type Run, type RunDetail, type RunProfile } from '@adjoin/contracts';
import { EXIT } from '../exit-code.js';
import type { Io, Tone } from '../io.js';
import { told, type Outcome } from '../outcome.js';
import { facts, more, section, table } from '../output/table.js';
import type { Session } from '../session.js';
import { wholeNumber, withPaging, type PageOptions } from './page-options.js';

const POLL_MS = 500;

interface StartOptions {
  readonly profile: RunProfile;
  readonly acceptFewer?: boolean;
  readonly wait?: boolean;
  readonly timeout: number;
}

/** `adjoin run` */
export function addRuns(program: Command, session: Session): void {
  const run = program.command('run').description('runs: imports, synchronizations and exports');
  run
    .command('start <connector>')
    .description('request a run')
    .addOption(new Option('--profile <profile>', 'what to run').choices(RUN_PROFILES).makeOptionMandatory())
    .option('--accept-fewer', 'a full import may return far fewer objects than before (ADJ-IMP-1012)')
    .option('--wait', 'wait until it ended')
    .option('--timeout <seconds>', 'longest time to wait', wholeNumber(1, 86_400), 3600)
    .action(
      session.action(async (connector: string, options: StartOptions, _command: Command) => {
        const started = await session.client.call('startRun', {
          body: { connector, profile: options.profile, ...(options.acceptFewer === true ? { acceptFewer: true } : {}) },
        });
        if (options.wait !== true)
          return told(started, `Requested: run ${started.id}. See \`adjoin run show ${started.id}\`.`);
        return outcomeOf(session, await untilEnded(session, started, options.timeout));
      }),
    );
  withPaging(
    run.command('list').description('runs, newest first').option('--connector <name>', 'of this connector only'),
  ).action(
    session.action(async (options: PageOptions & { connector?: string }, _command: Command) => {
      const page = await session.client.call('runs', { query: { ...options } });
      return told(page, runTable(session.io, page.items) + more(session.io, page.next));
    }),
  );
  run
    .command('show <id>')
    .description('one run with its steps')
    .action(
      session.action(async (id: string, _options: object, _command: Command) => {
        const shown = await session.client.call('run', { path: { id } });
        return told(shown, render(session.io, shown));
      }),
    );
}

async function untilEnded(session: Session, started: RunDetail, seconds: number): Promise<RunDetail> {
  const deadline = Date.now() + seconds * 1000;
  for (let current = started; ; current = await session.client.call('run', { path: { id: started.id } })) {
    if (['success', 'failed', 'incomplete'].includes(current.state)) return current;
    if (Date.now() > deadline) {
      throw new SyncError('ADJ-API-4008', `The run ${started.id} is still ${current.state} after ${seconds} s.`, {
        hint: `See \`adjoin run show ${started.id}\`.`,
      });
    }
    await wait(POLL_MS, undefined, { signal: session.signal });
  }
}

/** An export run that left something behind a gate ends with 3. */
async function outcomeOf(session: Session, run: RunDetail): Promise<Outcome> {
  const text = render(session.io, run);
  if (run.state !== 'success') return { json: run, text, exit: EXIT.failed };
  if (run.profile !== 'export') return told(run, text);
  const status = await session.client.call('status');
  return told(run, text, { held: status.held.exports > 0 });
}

const tones: Partial<Record<Run['state'], Tone>> = { success: 'good', failed: 'bad', incomplete: 'warn' };

const runTable = (io: Io, rows: readonly Run[]): string =>
  table(
    io,
    rows,
    [
      { head: 'STARTED', cell: (row) => row.startedAt ?? row.requestedAt },
      { head: 'CONNECTOR', cell: (row) => row.connector },
      { head: 'PROFILE', cell: (row) => row.profile },
      { head: 'STATE', cell: (row) => row.state, tone: (row) => tones[row.state] ?? 'plain' },
      { head: 'OBJECTS', cell: (row) => row.counters['objects'], right: true },
      { head: 'ID', cell: (row) => row.id },
      { head: 'ERROR', cell: (row) => (row.error === null ? '' : `${row.error.code} ${row.error.message}`) },
    ],
    'No runs yet.',
  );

function render(io: Io, run: RunDetail): string {
  const counters = Object.entries(run.counters).map(([name, value]) => `${name} ${value}`);
  const head = facts(io, [
    ['run', run.id],
    ['connector', run.connector],
    ['profile', run.profile],
    ['state', run.state],
    [
      'requested',
      run.requestedAt === null ? 'by the schedule' : `${run.requestedAt} by ${run.requestedBy ?? 'operator'}`,
    ],
    ['started', run.startedAt],
    ['ended', run.endedAt],
    ['counters', counters.join(', ')],
    ['error', run.error === null ? null : `${run.error.code} ${run.error.message}`],
  ]);
  if (run.steps.length === 0) return head;
  const steps = table(
    io,
    run.steps,
    [
      { head: 'PARTITION', cell: (row) => row.partition },
      { head: 'ATTEMPT', cell: (row) => row.attempt, right: true },
      { head: 'STATE', cell: (row) => row.state, tone: (row) => tones[row.state] ?? 'plain' },
      { head: 'STARTED', cell: (row) => row.startedAt },
      { head: 'ENDED', cell: (row) => row.endedAt },
      { head: 'OBJECTS', cell: (row) => row.counters['objects'], right: true },
      { head: 'ERROR', cell: (row) => (row.error === null ? '' : `${row.error.code} ${row.error.message}`) },
    ],
    '',
  );
  return head + section(io, 'Steps', steps);
}
