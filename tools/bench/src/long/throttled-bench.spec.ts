import { expect, it } from 'vitest';
import { leastSeconds } from './throttled-bench.js';

it('a limit takes no time until it is used up, then 150 s for each further one', () => {
  expect(leastSeconds(100, 150)).toBe(0);
  expect(leastSeconds(150, 150)).toBe(0);
  expect(leastSeconds(300, 150)).toBe(150);
  expect(leastSeconds(6000, 3000)).toBe(150);
});
