import { runStackCommand } from './stack/commands.js';
import { describeError } from './stack-error.js';

try {
  process.exitCode = await runStackCommand(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = 1;
}
