import { ERROR_CODES } from '@adjoin/contracts';
import { repositoryRoot } from '@adjoin/stack';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodesPage } from './error-codes.js';

writeFileSync(join(repositoryRoot(), 'docs', 'error-codes.md'), errorCodesPage(ERROR_CODES));
