import { DateTime, daysInMonth, ticksPerSecond } from './date-time.js';

const day = 86_400n;
const secondsOf: Readonly<Record<string, bigint>> = {
  y: day,
  d: day,
  w: day,
  ww: 7n * day,
  h: 3600n,
  n: 60n,
  s: 1n,
};
const monthsOf: Readonly<Record<string, bigint>> = { yyyy: 12n, q: 3n, m: 1n };

/**
 * Adds `count` intervals (functions.md, DateAdd). Months keep the day of the month, or take the last one of a shorter
 * month. Undefined when the result is outside the years 1 to 9999; null for an unknown interval.
 */
export function addInterval(interval: string, count: bigint, date: DateTime): DateTime | undefined | null {
  const seconds = secondsOf[interval];
  if (seconds !== undefined) return DateTime.fromTicks(date.ticks + count * seconds * ticksPerSecond);
  const months = monthsOf[interval];
  return months === undefined ? null : addMonths(count * months, date);
}

function addMonths(count: bigint, date: DateTime): DateTime | undefined {
  const parts = date.parts();
  const index = BigInt(parts.year * 12 + parts.month - 1) + count;
  if (index < 12n || index >= 120_000n) return undefined;
  const year = Math.floor(Number(index) / 12);
  const month = (Number(index) % 12) + 1;
  return DateTime.fromParts({ ...parts, year, month, day: Math.min(parts.day, daysInMonth(year, month)) });
}
