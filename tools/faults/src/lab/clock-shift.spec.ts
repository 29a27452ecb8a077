import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'clock-'));
const RealDate = Date;
afterEach(() => {
  globalThis.Date = RealDate;
  vi.useRealTimers();
  delete process.env['FAULT_CLOCK_FILE'];
  rmSync(folder, { recursive: true, force: true });
});

it('the clock of a process is off by what the file says, and everything else of a date stays', async () => {
  const file = join(folder, 'clock');
  writeFileSync(file, '3600000');
  process.env['FAULT_CLOCK_FILE'] = file;
  const before = RealDate.now();
  await import('./clock-shift.js');
  expect(Date.now() - before).toBeGreaterThanOrEqual(3_600_000);
  expect(Date.now() - before).toBeLessThan(3_700_000);
  expect(new Date().getTime() - before).toBeGreaterThanOrEqual(3_600_000);
  expect(new Date() instanceof Date).toBe(true);
  expect(new Date() instanceof RealDate).toBe(true);
  expect(new Date(0).toISOString()).toBe('1970-01-01T00:00:00.000Z');
  expect(Date.UTC(1970, 0, 1)).toBe(0);
  expect(Date.parse('1970-01-01T00:00:00Z')).toBe(0);
});
