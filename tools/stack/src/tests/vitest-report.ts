import { readFileSync } from 'node:fs';

/** Number of tests of one phase. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** The part of vitest's JSON report that is read here. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** Counts of a report text. A file that failed without a failed test (it could not be loaded, or a hook failed) counts as one failure. */
export function countReport(text: string): Counts {
  const report = JSON.parse(text) as VitestReport; // written by vitest
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests + brokenFiles.length };
}

/** Counts of a report file; a missing or unreadable one is one failure, and so is a bad exit code without a failed test. */
export function readCounts(file: string, exitCode: number): Counts {
  let counts: Counts;
  try {
    counts = countReport(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 1 }; // vitest ended before it wrote its report
  }
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}
