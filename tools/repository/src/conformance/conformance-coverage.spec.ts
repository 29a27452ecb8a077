import { repositoryRoot } from '@adjoin/stack';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { coveragePage } from './coverage-page.js';
import { readSuite, suiteProblems, type Suite } from './statements.js';

const root = repositoryRoot();
const suite = readSuite(join(root, 'libs/engine/conformance'));

describe('the conformance suite', () => {
  it('has a scenario or another test for every statement, and no scenario names an unknown one', () => {
    expect(suiteProblems(suite, root)).toEqual([]);
  });

  it('is what docs/conformance-coverage.md shows', () => {
    const page = readFileSync(join(root, 'docs', 'conformance-coverage.md'), 'utf8');
    expect(page, 'run: npm run build && node tools/repository/dist/write-conformance-coverage.js').toBe(
      coveragePage(suite),
    );
  });
});

describe('the check of a suite', () => {
  const statement = { id: 'a/1-x', text: 'X happens.', testedBy: [], notApplicable: undefined };
  const suiteOf = (covers: readonly string[], testedBy: readonly string[] = []): Suite => ({
    documents: [
      {
        document: 'a',
        title: 'A',
        sections: [{ section: '1', title: 'One', statements: [{ ...statement, testedBy }] }],
      },
    ],
    scenarios: [{ file: 'x.yaml', name: 'X', covers }],
  });

  it('is content with a covered statement', () => {
    expect(suiteProblems(suiteOf(['a/1-x']), root)).toEqual([]);
  });

  it('names a statement without test and an unknown id', () => {
    expect(suiteProblems(suiteOf(['a/1-y']), root)).toEqual([
      'a/1-x: no scenario covers it',
      'x.yaml: there is no statement a/1-y',
    ]);
  });

  it('names a spec file that does not exist', () => {
    expect(suiteProblems(suiteOf(['a/1-x'], ['nowhere.spec.ts']), root)).toEqual(['a/1-x: no file nowhere.spec.ts']);
  });
});
