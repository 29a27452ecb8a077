import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itFails, itGives, valueOf } from '../../../test/expression-table.js';

describe('date functions', () => {
  itGives([
    ['DateAdd("n",-90,CDate("2020-02-29 14:00"))', '2020-02-29T12:30:00Z'],
    ['DateAdd("yyyy",1,CDate("2020-02-29"))', '2021-02-28T00:00:00Z'],
    ['DateAdd("m",1,CDate("2023-01-31"))', '2023-02-28T00:00:00Z'],
    ['DateAdd("m",-13,CDate("2023-01-31"))', '2021-12-31T00:00:00Z'],
    ['DateAdd("q",1,CDate("2023-11-30"))', '2024-02-29T00:00:00Z'],
    ['DateAdd("ww",1,CDate("2023-12-28"))', '2024-01-04T00:00:00Z'],
    ['DateAdd("w",1,CDate("2023-12-29"))', '2023-12-30T00:00:00Z'],
    ['DateAdd("y",1,CDate("2023-12-31"))', '2024-01-01T00:00:00Z'],
    ['DateAdd("d",-1,CDate("2024-03-01"))', '2024-02-29T00:00:00Z'],
    ['DateAdd("h",25,CDate("2024-03-01"))', '2024-03-02T01:00:00Z'],
    ['DateAdd("s",-1,CDate("2024-03-01"))', '2024-02-29T23:59:59Z'],
    ['DateAdd("d",1,CDate([no]))', null],
    ['DateFromNum(132274530000000000)', '2020-02-29T12:30:00Z'],
    ['DateFromNum(0)', '1601-01-01T00:00:00Z'],
    ['FormatDateTime(DateFromNum(132274530000000000),"yyyyMMddHHmmss.0Z")', '20200229123000.0Z'],
    ['FormatDateTime(DateFromNum(0),"yyyyMMddHHmmss.0Z")', '16010101000000.0Z'],
    ['FormatDateTime(CDate("2020-02-29 15:04:05"),"yyyy-MM-dd hh:mm tt")', '2020-02-29 03:04 PM'],
    ['FormatDateTime(CDate("2020-02-09 00:04:05"),"d/M/yy h:m:s t")', '9/2/20 12:4:5 A'],
    ['FormatDateTime(CDate("2020-02-29 10:00:00.1234567"),"HH:mm:ss.fff")', '10:00:00.123'],
    ['FormatDateTime(CDate("2024-07-04"),"dddd, d MMMM yyyy")', 'Thursday, 4 July 2024'],
    ['FormatDateTime(CDate([no]),"yyyy")', null],
    ['Now()', '2026-01-01T00:00:00Z'],
    ['Now() > CDate("2025-12-31")', true],
    ['NumFromDate(CDate("2020-01-01"))', { $int: '132223104000000000' }],
    ['NumFromDate(CDate("1600-12-31 23:59:59"))', -10000000],
    ['CDate("2020-01-01") = CDate("2020-01-01 02:00 +2")', true],
    ['CDate("2020-01-01") < CDate("2020-01-02")', true],
  ]);
  itFails([
    ['DateFromNum(9223372036854775807)', 'evaluation'],
    ['DateFromNum(-1)', 'evaluation'],
    ['DateAdd("x",1,Now())', 'evaluation', '"x"'],
    ['DateAdd("yyyy",9000,Now())', 'evaluation'],
    ['FormatDateTime("2020-01-01","yyyy")', 'argument-type', '"2020-01-01"'],
    ['Now() & ""', 'argument-type', 'Now()'],
    ['Now() = 1', 'argument-type'],
  ]);

  it('a date formatted and read again is the same second', () => {
    const seconds = fc.integer({ min: 0, max: 250_000_000_000 });
    fc.assert(
      fc.property(seconds, (second) => {
        const attributes = { t: { $int: String(BigInt(second) * 10_000_000n) } };
        expect(valueOf('CDate(FormatDateTime(DateFromNum([t]),"yyyy-MM-dd HH:mm:ss"))', { attributes })).toBe(
          valueOf('DateFromNum([t])', { attributes }),
        );
        const iso = new Date(second * 1000 - 11_644_473_600_000).toISOString().replace('.000', '');
        expect(valueOf('DateFromNum([t])', { attributes })).toBe(iso);
      }),
    );
  });
});
