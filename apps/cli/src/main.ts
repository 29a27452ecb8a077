import { userInfo } from 'node:os';
import { processIo } from './io.js';
import { run } from './run.js';

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
// A reader that closes early (`adjoin ... | head`) is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const operator = process.env['ADJOIN_OPERATOR'] ?? userName();
process.exitCode = await run(process.argv.slice(2), {
  io: processIo(process.env),
  env: process.env,
  operator,
  fetch,
  signal: stop.signal,
});

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'operator'; // no entry in the user database, as in many containers
  }
}
