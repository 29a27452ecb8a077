import { StackError, type Stack } from '@adjoin/stack';

const LOG_LINES = 8;
const PROBE_MS = 3000;

/**
 * The error for a wait whose deadline passed (ADJ-STK-3001): what was waited for, what was seen last, what the processes say of
 * themselves (`/readyz`) and the last lines of their logs.
 */
export async function waitFailure(stack: Stack, what: string, lastSeen: string): Promise<StackError> {
  return new StackError(
    'ADJ-STK-3001',
    [`${what}: the deadline passed; ${lastSeen}.`, ...(await diagnosis(stack))].join('\n'),
  );
}

/** What each of our processes says of itself, and its last log lines. */
export async function diagnosis(stack: Stack): Promise<readonly string[]> {
  const parts = await Promise.all(
    appPorts(stack).map(async ([name, port]) => {
      const service = stack.services.find((one) => one.name === name);
      const lines = (service?.logTail(LOG_LINES) ?? []).map((line) => `    ${line.slice(0, 400)}`);
      const state = service?.running === true ? await readiness(port) : 'has ended';
      return [`  ${name}: ${state}`, ...lines, `    (full log: ${service?.logFile ?? 'none'})`];
    }),
  );
  return parts.flat();
}

function appPorts({ ports, forests }: Stack): readonly (readonly [string, number])[] {
  const importers = [ports.adImporter, ports.adImporterSecond];
  return [
    ...forests.map(({ forest }, index) => [`ad-importer-${forest.name}`, importers[index] ?? 0] as const),
    ['sync-engine', ports.syncEngine],
    ['entra-exporter', ports.entraExporter],
    ['control-plane', ports.controlPlane],
  ];
}

async function readiness(port: number): Promise<string> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(PROBE_MS) });
    return `${response.status === 200 ? 'ready' : `not ready (${response.status})`} ${await response.text()}`;
  } catch (error) {
    return `does not answer (${error instanceof Error ? error.message : String(error)})`;
  }
}
