import type { Command } from 'commander';
import type { ConnectorStatus, GateStatus, ProcessStatus, StatusAnswer, TargetStatus } from '@adjoin/contracts';
import { EXIT } from '../exit-code.js';
import type { Io } from '../io.js';
import { told, type Outcome } from '../outcome.js';
import { section, table } from '../output/table.js';
import { ageText } from '../output/values.js';
import type { Session } from '../session.js';

/** `adjoin status` */
export function addStatus(program: Command, session: Session): void {
  program
    .command('status')
    .description('processes, connectors (last complete import, freshness, backlog), gates and held counts')
    .addHelpText('after', '\nEnds with 1 when a process is not ready, with 3 when exports or deletions are held.')
    .action(session.action(async () => outcomeOf(session.io, await session.client.call('status'))));
}

/** Not ready counts more than held. */
export function outcomeOf(io: Io, status: StatusAnswer): Outcome {
  const held = status.held.exports > 0 || status.held.deletionHolds > 0 || status.gates.length > 0;
  const outcome = told(status, render(io, status), { held });
  return status.processes.every((one) => one.ready) ? outcome : { ...outcome, exit: EXIT.failed };
}

function render(io: Io, status: StatusAnswer): string {
  const { held } = status;
  const staging = status.staging === 'on' ? io.paint('warn', ', staging mode: nothing is exported') : '';
  const state = status.ok ? io.paint('good', 'All is well') : io.paint('warn', 'Needs attention');
  return [
    `${state} (${status.mode} mode${staging})\n`,
    section(io, 'Processes', processes(io, status.processes)),
    section(io, 'Connectors', connectors(io, status.connectors)),
    ...status.connectors.flatMap(({ name, problems = [] }) =>
      problems.map(({ partition, code, message }) => `  ${io.paint('warn', code)} ${name} ${partition}: ${message}\n`),
    ),
    section(io, 'Targets', targets(io, status.targets)),
    ...status.targets.map(({ name, quota }) => (quota === undefined ? '' : `  ${name}: ${quota.message}\n`)),
    section(io, 'Gates', gates(io, status.gates)),
    held.deletionHolds === 0
      ? ''
      : `\n${io.paint('warn', `${held.deletions} deletions are held in ${held.deletionHolds} hold(s)`)}: see \`adjoin deletions list\`.\n`,
    held.values === undefined
      ? ''
      : `\n${io.paint('warn', `${held.values} objects wait for a name or address that the target holds back`)}: see \`adjoin explain <object>\`.\n`,
  ].join('');
}

const processes = (io: Io, rows: readonly ProcessStatus[]): string =>
  table(
    io,
    rows,
    [
      { head: 'PROCESS', cell: (row) => row.name },
      {
        head: 'STATE',
        cell: (row) => (row.ready ? 'ready' : 'not ready'),
        tone: (row) => (row.ready ? 'good' : 'bad'),
      },
      { head: 'DETAIL', cell: (row) => row.error ?? failing(row) },
    ],
    'No processes are known.',
  );

const failing = (row: ProcessStatus): string =>
  Object.entries(row.checks)
    .filter(([, check]) => !check.ok)
    .map(([name, check]) => `${name}: ${check.detail ?? 'failing'}`)
    .join('; ');

const connectors = (io: Io, rows: readonly ConnectorStatus[]): string =>
  table(
    io,
    rows,
    [
      { head: 'CONNECTOR', cell: (row) => row.name },
      {
        head: 'LAST COMPLETE IMPORT',
        cell: (row) => row.lastCompleteImport?.at ?? 'none yet',
        tone: (row) => (row.lastCompleteImport === null ? 'warn' : 'plain'),
      },
      { head: 'READ AGO', cell: (row) => ageText(row.freshnessSeconds), right: true },
      { head: 'BACKLOG', cell: (row) => row.backlog, right: true },
      { head: 'ERRORS', cell: (row) => row.errors, right: true, tone: (row) => (row.errors > 0 ? 'bad' : 'plain') },
    ],
    'No connectors are configured.',
  );

const targets = (io: Io, rows: readonly TargetStatus[]): string =>
  table(
    io,
    rows,
    [
      { head: 'TARGET', cell: (row) => row.name },
      { head: 'ADDS', cell: (row) => row.pending.adds, right: true },
      { head: 'UPDATES', cell: (row) => row.pending.updates, right: true },
      { head: 'DELETES', cell: (row) => row.pending.deletes, right: true },
      { head: 'MEMBERS', cell: (row) => row.pending.members, right: true },
      { head: 'HELD', cell: (row) => row.held, right: true, tone: (row) => (row.held > 0 ? 'warn' : 'plain') },
      { head: 'IN FLIGHT', cell: (row) => row.inFlight, right: true },
      { head: 'UNCONFIRMED', cell: (row) => row.unconfirmed, right: true },
    ],
    'No targets are configured.',
  );

const gates = (io: Io, rows: readonly GateStatus[]): string =>
  table(
    io,
    rows,
    [
      { head: 'TARGET', cell: (row) => row.target },
      { head: 'GATE', cell: (row) => row.gate, tone: () => 'warn' },
      { head: 'EXPORTS', cell: (row) => row.count, right: true },
      { head: 'SINCE', cell: (row) => row.since },
      { head: 'REASON', cell: (row) => row.reason },
    ],
    'No gate keeps exports back.',
  );
