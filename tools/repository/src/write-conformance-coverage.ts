import { repositoryRoot } from '@adjoin/stack';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { coveragePage } from './conformance/coverage-page.js';
import { readSuite } from './conformance/statements.js';

const root = repositoryRoot();
writeFileSync(
  join(root, 'docs', 'conformance-coverage.md'),
  coveragePage(readSuite(join(root, 'libs/engine/conformance'))),
);
