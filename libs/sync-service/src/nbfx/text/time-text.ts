import { malformed, type ByteReader } from '../byte-reader.js';
import type { ByteWriter } from '../byte-writer.js';
import type { TextOf } from './text-value.js';

/** DateTimeText ([MC-NBFX] section 2.2.3.12): 62 bits of 100 ns units since 0001-01-01, then 2 bits of zone. */
export const DATETIME_TEXT = 0x96;
/** TimeSpanText (section 2.2.3.23): signed 64 bits of 100 ns units. */
export const TIMESPAN_TEXT = 0xae;

const TICKS_MASK = (1n << 62n) - 1n;
const TICKS_END = 3_155_378_976_000_000_000n;
/** 1970-01-01 in ticks. */
const UNIX_EPOCH = 621_355_968_000_000_000n;
const SECOND = 10_000_000n;

/** The moment as a UTC value of a DateTimeText record. */
export const dateTimeOf = (date: Date): TextOf<'datetime'> => ({
  kind: 'datetime',
  ticks: BigInt(date.getTime()) * 10_000n + UNIX_EPOCH,
  zone: 1,
});

export function readDateTime(reader: ByteReader): TextOf<'datetime'> {
  const start = reader.position;
  const raw = reader.take(8).readBigUInt64LE();
  const ticks = raw & TICKS_MASK;
  const zone = Number(raw >> 62n);
  if (ticks >= TICKS_END || zone > 2) throw malformed('a time out of range', start);
  return { kind: 'datetime', ticks, zone: zone as 0 | 1 | 2 };
}

export function writeDateTime({ ticks, zone }: TextOf<'datetime'>, writer: ByteWriter): void {
  writer.room(8).writeBigUInt64LE((BigInt(zone) << 62n) | ticks);
}

/**
 * The characters of the time; a local time (zone 2) is shown without offset, since the offset would be that of this machine.
 * A day without time keeps `T00:00:00`, as in the examples of section 3.
 */
export function dateTimeCharacters({ ticks, zone }: TextOf<'datetime'>): string {
  const seconds = ticks / SECOND;
  const whole = new Date(Number((seconds * SECOND - UNIX_EPOCH) / 10_000n)).toISOString().slice(0, 19);
  return `${whole}${fractionOf(ticks % SECOND)}${zone === 1 ? 'Z' : ''}`;
}

export function readTimeSpan(reader: ByteReader): TextOf<'timespan'> {
  return { kind: 'timespan', ticks: reader.take(8).readBigInt64LE() };
}
export function writeTimeSpan({ ticks }: TextOf<'timespan'>, writer: ByteWriter): void {
  writer.room(8).writeBigInt64LE(ticks);
}

/** An xsd:duration as in the examples of section 3. */
export function timeSpanCharacters({ ticks }: TextOf<'timespan'>): string {
  if (ticks === 0n) return 'PT0S';
  const size = ticks < 0n ? -ticks : ticks;
  const seconds = size / SECOND;
  const part = (value: bigint, unit: string): string => (value === 0n ? '' : `${value}${unit}`);
  const fraction = fractionOf(size % SECOND);
  const rest = seconds % 60n;
  const time = `${part((seconds / 3600n) % 24n, 'H')}${part((seconds / 60n) % 60n, 'M')}${rest === 0n && fraction === '' ? '' : `${rest}${fraction}S`}`;
  return `${ticks < 0n ? '-' : ''}P${part(seconds / 86_400n, 'D')}${time === '' ? '' : `T${time}`}`;
}

function fractionOf(ticks: bigint): string {
  return ticks === 0n ? '' : `.${String(ticks).padStart(7, '0').replace(/0+$/, '')}`;
}
