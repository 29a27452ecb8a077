import { describe, expect, it } from 'vitest';
import type { DemoReport } from './report.js';
import { reportTable, whatToTry } from './table.js';

const report: DemoReport = {
  ad: { users: 500, groups: 25, memberships: 900 },
  entra: { users: 500, groups: 25, memberships: 899 },
  mismatches: [{ object: 'CN=Sales', attribute: 'members', expected: 'CN=Kim', actual: null }],
  unsupported: { contact: 25 },
  changes: [1300, 900, 1100].map((latencyMs) => ({ kind: 'rename' as const, object: 'CN=Kim', latencyMs })),
  fullSync: { objects: 525, seconds: 2.1, objectsPerSecond: 250 },
  noChangeSeconds: 0.4,
  peakRssMb: { kafka: 300 },
  cpuMsPer1000: { kafka: 120 },
};

describe('the table of the demo', () => {
  it('shows what differs, and median and maximum of each kind of change', () => {
    const lines = reportTable(report).split('\n');
    expect(lines).toContain('  users                500       500   equal');
    expect(lines).toContain('  memberships          900       899   DIFFERENT');
    expect(lines).toContain('    CN=Sales: members is null, expected "CN=Kim"');
    expect(lines).toContain('  rename                 3      1100      1300');
    expect(lines).toContain('  delete                 0         -         -');
  });

  it('tells the command line which control-plane is meant when it is not the local stack', () => {
    expect(whatToTry('http://127.0.0.1:7400', 'kim@corp.test')).toContain('    npx adjoin mv show kim@corp.test');
    expect(whatToTry('http://127.0.0.1:8300', 'x')).toContain('ADJOIN_URL=http://127.0.0.1:8300 npx adjoin status');
  });
});
