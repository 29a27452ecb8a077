import { DateTime, ticksPerSecond } from './date-time.js';

const date = String.raw`(?:(?<y>\d{4})([-/])(?<m>\d{1,2})\2(?<d>\d{1,2})|(?<um>\d{1,2})/(?<ud>\d{1,2})/(?<uy>\d{4}))`;
const time = String.raw`(?<h>\d{1,2})(?::(?<min>\d{2})(?::(?<s>\d{2})(?:\.(?<f>\d{1,7})\d{0,5})?)?)?(?:\s*(?<half>[AaPp][Mm]))?`;
const offset = String.raw`(?<zone>[Zz]|UTC|GMT|(?<sign>[+-])(?<oh>\d{1,2})(?::?(?<om>\d{2}))?)`;
const shape = new RegExp(String.raw`^\s*${date}(?:(?:\s+|T)${time})?(?:\s*${offset})?\s*$`);

/**
 * Reads `year-month-day`, `year/month/day` or the US order `month/day/year`, then optionally a time of 24 or 12
 * hours and an offset from UTC (functions.md, CDate). Undefined when the text is no date.
 */
export function parseDate(text: string): DateTime | undefined {
  const part = shape.exec(text)?.groups;
  if (part === undefined) return undefined;
  const hour = hourOf(part['h'], part['half']);
  // A lone number behind the date is an hour only with AM or PM ("2022-06-05 6 PM").
  if (hour === undefined || (part['h'] !== undefined && part['min'] === undefined && part['half'] === undefined)) {
    return undefined;
  }
  const local = DateTime.fromParts({
    year: Number(part['y'] ?? part['uy']),
    month: Number(part['m'] ?? part['um']),
    day: Number(part['d'] ?? part['ud']),
    hour,
    minute: Number(part['min'] ?? 0),
    second: Number(part['s'] ?? 0),
    fraction: Number((part['f'] ?? '').padEnd(7, '0')),
  });
  const ahead = offsetSeconds(part['sign'], Number(part['oh'] ?? 0), Number(part['om'] ?? 0));
  if (local === undefined || ahead === undefined) return undefined;
  return DateTime.fromTicks(local.ticks - BigInt(ahead) * ticksPerSecond);
}

function hourOf(hour: string | undefined, half: string | undefined): number | undefined {
  const value = Number(hour ?? 0);
  if (half === undefined) return value <= 23 ? value : undefined;
  if (value < 1 || value > 12) return undefined;
  return (value % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
}

function offsetSeconds(sign: string | undefined, hours: number, minutes: number): number | undefined {
  if (hours > 14 || minutes > 59) return undefined;
  return (sign === '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}
