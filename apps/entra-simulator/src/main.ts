import { z } from 'zod';
import { readCommandLine } from './command-line.js';
import { startSimulator } from './simulator.js';

const USAGE = 2;

async function main(): Promise<void> {
  const { options, json } = readCommandLine(process.argv.slice(2), process.env);
  const { close, ca: _certificate, ...shown } = await startSimulator(options);
  const text = json
    ? JSON.stringify(shown)
    : Object.entries(shown)
        .map(([name, value]) => `${name}: ${value}`)
        .join('\n');
  process.stdout.write(`${text}\n`);
  const stop = (): void => {
    void close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

try {
  await main();
} catch (error) {
  const message =
    error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : String(error);
  process.stderr.write(`The simulator did not start: ${message}\n`);
  process.exitCode = USAGE;
}
