import { inspect } from 'node:util';

/** A secret in memory. Whatever prints, serializes or inspects it shows `[redacted]`; only {@link reveal} gives the value. */
export class Redacted<T> {
  readonly #value: T;
  constructor(value: T) {
    this.#value = value;
  }
  reveal(): T {
    return this.#value;
  }
  toString(): string {
    return '[redacted]';
  }
  toJSON(): string {
    return '[redacted]';
  }
  [inspect.custom](): string {
    return '[redacted]';
  }
}
