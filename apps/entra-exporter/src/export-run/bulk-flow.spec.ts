import { expect, it } from 'vitest';
import { BulkFlow } from './bulk-flow.js';

it('a bulk is many exports in a short time, and ends with it', () => {
  let now = 0;
  const flow = new BulkFlow(() => now);
  flow.note(150);
  expect(flow.flows).toBe(false);
  now = 1000;
  flow.note(150);
  expect(flow.flows).toBe(true);
  now = 3500;
  expect(flow.flows).toBe(false);
});
