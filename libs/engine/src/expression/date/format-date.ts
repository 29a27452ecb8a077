import type { DateParts, DateTime } from './date-time.js';

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October'],
  ...['November', 'December'],
];
/** A run of one pattern letter, a quoted literal, an escaped character, or any other character. */
const piece = /y+|M+|d+|H+|h+|m+|s+|f+|t+|'[^']*'|\\[^]|[^]/gu;

/** Patterns stand in rules, so there are few; one that comes from an attribute must not fill the memory. */
const mostPatterns = 100;
const pieces = new Map<string, readonly string[]>();

/** Writes a date with a .NET custom pattern in UTC and English names; other characters stand for themselves. */
export function formatDate(value: DateTime, pattern: string): string {
  const parts = value.parts();
  let text = '';
  for (const run of piecesOf(pattern)) text += formatPiece(run, parts, value);
  return text;
}

function piecesOf(pattern: string): readonly string[] {
  const known = pieces.get(pattern);
  if (known !== undefined) return known;
  if (pieces.size >= mostPatterns) pieces.clear();
  const runs = pattern.match(piece) ?? [];
  pieces.set(pattern, runs);
  return runs;
}

function formatPiece(run: string, parts: DateParts, value: DateTime): string {
  switch (run[0]) {
    case 'y':
      return run.length <= 2 ? padded(parts.year % 100, run.length) : padded(parts.year, run.length);
    case 'M':
      return named(run, parts.month, months[parts.month - 1] ?? '');
    case 'd':
      return named(run, parts.day, days[value.weekday()] ?? '');
    case 'H':
      return padded(parts.hour, Math.min(run.length, 2));
    case 'h':
      return padded(parts.hour % 12 || 12, Math.min(run.length, 2));
    case 'm':
      return padded(parts.minute, Math.min(run.length, 2));
    case 's':
      return padded(parts.second, Math.min(run.length, 2));
    case 'f':
      return padded(parts.fraction, 7).slice(0, Math.min(run.length, 7));
    case 't':
      return (parts.hour < 12 ? 'AM' : 'PM').slice(0, Math.min(run.length, 2));
    case "'":
      return run.length > 1 ? run.slice(1, -1) : run;
    case '\\':
      return run.length > 1 ? run.slice(1) : run;
    default:
      return run;
  }
}

function named(run: string, value: number, name: string): string {
  if (run.length <= 2) return padded(value, run.length);
  return run.length === 3 ? name.slice(0, 3) : name;
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
