import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildProgram } from '../program.js';
import { Session } from '../session.js';
import { cliReference } from './cli-reference.js';
import { silentSession } from './silent-io.js';

writeFileSync(
  join(import.meta.dirname, '../../../../docs/cli.md'),
  cliReference(buildProgram(new Session(silentSession))),
);
