import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Processor milliseconds of this process so far, helper threads (garbage collection) included. */
export function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Processor milliseconds of a piece of work, which other programs on the machine do not change, and its result. */
export function cpuOf<T>(work: () => T): readonly [milliseconds: number, result: T] {
  const started = ownCpuMs();
  const result = work();
  return [ownCpuMs() - started, result];
}

/** Bytes that live objects take, after a full garbage collection. */
export function liveHeapBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
}
