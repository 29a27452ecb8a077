import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { functionCatalogue } from '@adjoin/engine';
import { buildProgram } from '../program.js';
import { Session } from '../session.js';
import { cliReference } from './cli-reference.js';
import { functionsReference } from './functions-reference.js';
import { silentSession } from './silent-io.js';

const docs = join(import.meta.dirname, '../../../../docs');
writeFileSync(join(docs, 'cli.md'), cliReference(buildProgram(new Session(silentSession))));
writeFileSync(join(docs, 'functions.md'), functionsReference(functionCatalogue()));
