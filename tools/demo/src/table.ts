import { LOCAL_PORTS } from '@adjoin/contracts';
import { CHANGE_KINDS, type DemoReport } from './report.js';

const SHOWN_MISMATCHES = 20;

/** The report as text for a person. */
export function reportTable(report: DemoReport): string {
  const { ad, entra, mismatches, unsupported, fullSync, noChangeSeconds } = report;
  const rows = (['users', 'groups', 'memberships'] as const).map(
    (name) =>
      `  ${name.padEnd(14)}${number(ad[name], 10)}${number(entra[name], 10)}   ${ad[name] === entra[name] ? 'equal' : 'DIFFERENT'}`,
  );
  return [
    '',
    `  ${''.padEnd(14)}${'AD'.padStart(10)}${'Entra ID'.padStart(10)}`,
    ...rows,
    ...Object.entries(unsupported).map(
      ([type, count]) => `  ${count} ${type} objects are in scope that Microsoft Graph cannot hold`,
    ),
    `  ${mismatches.length} values differ`,
    ...mismatches.slice(0, SHOWN_MISMATCHES).map(mismatchLine),
    '',
    `  full synchronization: ${fullSync.objects} objects in ${fullSync.seconds} s, ${fullSync.objectsPerSecond} objects/s`,
    `  cycle without changes: ${noChangeSeconds === null ? 'not measured' : `${noChangeSeconds} s`}`,
    '',
    `  ${'change in AD'.padEnd(14)}${'count'.padStart(10)}${'median ms'.padStart(10)}${'max ms'.padStart(10)}`,
    ...CHANGE_KINDS.map((kind) => kindLine(kind, latencies(report, kind))),
    '',
    `  ${'process'.padEnd(18)}${'peak MB'.padStart(10)}${'CPU ms per 1000 objects'.padStart(26)}`,
    ...Object.entries(report.peakRssMb).map(
      ([name, mb]) => `  ${name.padEnd(18)}${number(mb, 10)}${number(report.cpuMsPer1000[name] ?? 0, 26)}`,
    ),
    '',
  ].join('\n');
}

/** What the person can do while the stack is up; the local stack is what the command line talks to by itself. */
export function whatToTry(controlPlane: string, user: string): string {
  const isLocal = controlPlane === `http://127.0.0.1:${LOCAL_PORTS.controlPlane}`;
  const adjoin = isLocal ? 'npx adjoin' : `ADJOIN_URL=${controlPlane} npx adjoin`;
  return [
    '  try:',
    ...['status', 'run list', `mv show ${user}`, 'mv search --where department=Sales', 'exports list entra'].map(
      (command) => `    ${adjoin} ${command}`,
    ),
    `  status page: ${controlPlane}/`,
    '  Ctrl-C stops everything',
    '',
  ].join('\n');
}

function latencies({ changes }: DemoReport, kind: string): readonly number[] {
  return changes
    .filter((change) => change.kind === kind)
    .map(({ latencyMs }) => latencyMs)
    .sort((a, b) => a - b);
}

function kindLine(kind: string, sorted: readonly number[]): string {
  const median = sorted[Math.floor(sorted.length / 2)];
  const cells = [sorted.length, median, sorted.at(-1)].map((value) =>
    (value === undefined ? '-' : String(value)).padStart(10),
  );
  return `  ${kind.padEnd(14)}${cells.join('')}`;
}

function mismatchLine({ object, attribute, expected, actual }: DemoReport['mismatches'][number]): string {
  return `    ${object}: ${attribute} is ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`;
}

function number(value: number, width: number): string {
  return String(value).padStart(width);
}
