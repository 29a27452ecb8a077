import { describe, expect, it } from 'vitest';
import { countReport, readCounts } from './vitest-report.js';

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((each) => ({ status: each })),
});

describe('the counts of a test report', () => {
  it('are those of the tests', () => {
    const text = JSON.stringify({
      numPassedTests: 3,
      numFailedTests: 1,
      testResults: [file('failed', 'passed', 'failed'), file('passed', 'passed', 'passed')],
    });
    expect(countReport(text)).toEqual({ passed: 3, failed: 1 });
  });

  it('have one failure more for a file that could not be loaded', () => {
    const text = JSON.stringify({
      numPassedTests: 1,
      numFailedTests: 0,
      testResults: [file('failed'), file('passed', 'passed')],
    });
    expect(countReport(text)).toEqual({ passed: 1, failed: 1 });
  });

  it('are one failure when there is no report', () => {
    expect(readCounts('/does/not/exist', 0)).toEqual({ passed: 0, failed: 1 });
  });
});
