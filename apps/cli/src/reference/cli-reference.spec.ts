import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildProgram } from '../program.js';
import { Session } from '../session.js';
import { cliReference } from './cli-reference.js';
import { silentSession } from './silent-io.js';

it('docs/cli.md is what the commands say (npm run docs -w @adjoin/cli writes it)', () => {
  const written = readFileSync(join(import.meta.dirname, '../../../../docs/cli.md'), 'utf8');
  expect(written).toBe(cliReference(buildProgram(new Session(silentSession))));
});
