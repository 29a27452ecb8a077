import { addInterval } from '../date/add-interval.js';
import { DateTime } from '../date/date-time.js';
import { formatDate } from '../date/format-date.js';
import { define, num, text } from '../function-definition.js';
import { FunctionFailure } from '../problem.js';
import type { ExpressionValue } from '../value-type.js';

export const dateFunctions = [
  define(
    'dt DateAdd(str! interval, num! value, dt date)',
    'The date moved by that many years (yyyy), quarters (q), months (m), weeks (ww), days (d, w, y), hours (h), minutes (n) or seconds (s).',
    ([interval, count, date]) => {
      const result = addInterval(text(interval), num(count), dateTime(date));
      if (result === null) throw new FunctionFailure(`Unknown interval "${text(interval)}".`, 'evaluation', 0);
      return inRange(result);
    },
  ),
  define('dt DateFromNum(num value)', 'Date from AD time (100-ns intervals since 1601).', ([value]) =>
    inRange(num(value) < 0n ? undefined : DateTime.fromTicks(num(value))),
  ),
  define(
    'str FormatDateTime(dt value, str! format)',
    'The date as text, in UTC, by a .NET pattern such as yyyy-MM-dd.',
    ([value, format]) => formatDate(dateTime(value), text(format)),
  ),
  define('dt Now()', 'The current date and time in UTC.', (_, { now }) => inRange(DateTime.fromDate(now)), {
    usesClock: true,
  }),
  define(
    'num NumFromDate(dt value)',
    'AD time (100-ns intervals since 1601) of a date.',
    ([value]) => dateTime(value).ticks,
  ),
];

function dateTime(value: ExpressionValue | undefined): DateTime {
  if (value instanceof DateTime) return value;
  throw new TypeError('argument was not checked to be a date');
}

function inRange(value: DateTime | undefined): DateTime {
  if (value !== undefined) return value;
  throw new FunctionFailure('The date is outside the years that can be represented (up to 9999).');
}
