/** 100-nanosecond units, the resolution of dates in Active Directory. */
export const ticksPerSecond = 10_000_000n;
const ticksPerMillisecond = 10_000n;
/** 1601-01-01 in milliseconds of the Unix time scale. */
const epochMilliseconds = -11_644_473_600_000n;
/** 9999-12-31T23:59:59.9999999Z */
const lastTick = 2_650_467_743_999_999_999n;
/** 0001-01-01T00:00:00Z */
const firstTick = -504_911_232_000_000_000n;

/** The parts of a UTC date and time; month and day count from 1. */
export interface DateParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 100-ns units inside the second. */
  readonly fraction: number;
}

/** A UTC date and time; exists only inside expressions. Counts 100-ns units since 1601-01-01 (AD time). */
export class DateTime {
  readonly ticks: bigint;
  private constructor(ticks: bigint) {
    this.ticks = ticks;
  }

  /** Undefined outside the years 1 to 9999. */
  static fromTicks(ticks: bigint): DateTime | undefined {
    return ticks < firstTick || ticks > lastTick ? undefined : new DateTime(ticks);
  }

  static fromDate(date: Date): DateTime | undefined {
    return DateTime.fromTicks((BigInt(date.getTime()) - epochMilliseconds) * ticksPerMillisecond);
  }

  /** Undefined when a part is out of range, for example 30 February. */
  static fromParts(parts: DateParts): DateTime | undefined {
    const { year, month, day, hour, minute, second, fraction } = parts;
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month))
      return undefined;
    if (hour > 23 || minute > 59 || second > 59) return undefined;
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, day);
    date.setUTCHours(hour, minute, second);
    const start = DateTime.fromDate(date);
    return start && DateTime.fromTicks(start.ticks + BigInt(fraction));
  }

  parts(): DateParts {
    const remainder = this.ticks % ticksPerSecond;
    const fraction = remainder < 0n ? remainder + ticksPerSecond : remainder;
    const date = new Date(Number((this.ticks - fraction) / ticksPerMillisecond + epochMilliseconds));
    return {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
      fraction: Number(fraction),
    };
  }

  /** 0 = Sunday. */
  weekday(): number {
    const days = (this.ticks - (((this.ticks % ticksPerDay) + ticksPerDay) % ticksPerDay)) / ticksPerDay;
    // 1601-01-01 was a Monday.
    return Number((((days + 1n) % 7n) + 7n) % 7n);
  }

  /** `YYYY-MM-DDTHH:mm:ssZ`; fractions of a second are cut. */
  toString(): string {
    const { year, month, day, hour, minute, second } = this.parts();
    const two = (part: number): string => String(part).padStart(2, '0');
    return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}Z`;
  }
}

const ticksPerDay = 86_400n * ticksPerSecond;

/** Days of a month (1 to 12) in the Gregorian calendar. */
export function daysInMonth(year: number, month: number): number {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31;
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
}
