import { define, num } from '../function-definition.js';
import { FunctionFailure } from '../problem.js';

const twoTo53 = 2n ** 53n;

export const mathFunctions = [
  define('num BitAnd(num! value1, num! value2)', 'Bitwise AND of 64-bit numbers.', ([a, b]) => num(a) & num(b)),
  define('num BitOr(num! value1, num! value2)', 'Bitwise OR of 64-bit numbers.', ([a, b]) => num(a) | num(b)),
  define(
    'num RandomNum(num! start, num! end)',
    'A random whole number from start to end, both included.',
    ([start, end], { random }) => randomBetween(num(start), num(end), random),
    { aliases: ['Random'] },
  ),
];

function randomBetween(start: bigint, end: bigint, random: () => number): bigint {
  if (start > end) throw new FunctionFailure('The start is greater than the end.', 'evaluation', 0);
  const size = end - start + 1n;
  // One draw has 53 random bits; two cover every 64-bit interval.
  const draw = BigInt(Math.floor(random() * Number(twoTo53)));
  if (size <= twoTo53) return start + (draw * size) / twoTo53;
  const second = BigInt(Math.floor(random() * Number(twoTo53)));
  return start + ((draw * twoTo53 + second) * size) / (twoTo53 * twoTo53);
}
