import { readFileSync } from 'node:fs';

/**
 * Loaded into our processes by `--import`: their wall clock is off by the milliseconds that a file names. Timers and the monotonic clock go on as
 * they do when the clock of a machine is set. The processes know nothing of it.
 */
const file = process.env['FAULT_CLOCK_FILE'];
const LOOK_MS = 100;
let offset = 0;

const RealDate = Date;
const realNow = RealDate.now.bind(RealDate);

function ShiftedDate(this: unknown, ...args: readonly unknown[]): unknown {
  if (new.target === undefined) return new RealDate(realNow() + offset).toString();
  const values = args.length === 0 ? [realNow() + offset] : args;
  return Reflect.construct(RealDate, values, new.target);
}
// The same prototype: instances of the one are instances of the other.
ShiftedDate.prototype = RealDate.prototype;
Object.setPrototypeOf(ShiftedDate, RealDate);
Object.defineProperty(ShiftedDate, 'now', { value: () => realNow() + offset, configurable: true, writable: true });

function look(): void {
  try {
    const wanted = Number(readFileSync(file ?? '', 'utf8'));
    if (Number.isFinite(wanted)) offset = wanted;
  } catch {
    offset = 0; // no file: the clock is right
  }
}

if (file !== undefined) {
  globalThis.Date = ShiftedDate as unknown as DateConstructor;
  look();
  setInterval(look, LOOK_MS).unref();
}
