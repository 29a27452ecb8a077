import { functionCatalogue } from '../expression/function-table.js';

/** A reproducible source of chance (mulberry32): numbers from 0 up to, without, 1. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const OPERATORS = ['*', '/', '+', '-', '&', '<', '<=', '<>', '=', '>', '>=', '&&', '||'] as const;
const LEAVES = [
  ...['"a"', '"a""b"', '"\\\\0ACNF:"', '""', '0', '448', '-2147483648', '9223372036854775807', '&HFF', '&h21C07000'],
  ...['True', 'False', 'NULL', 'CRLF', 'IgnoreThisFlow', 'AuthoritativeNull', 'CaseInsensitive'],
  ...['[mail]', '[msDS-HABSeniorityIndex]', '%Domain.FQDN%', '%Connector.ID%'],
] as const;
const ODD = [
  ...['(', ')', '(((', ')))', ',', ',,', '"', '\\', '""', '[', ']', '[]', '%', '%%', '$', '$x', '&', '&H', '&Hg', '.'],
  ...[
    ' ',
    '\n',
    '\t',
    '\u00a0',
    '\u2028',
    '\ufeff',
    '\0',
    '\ud800',
    '\udfff',
    '😀',
    'é',
    '\u202e',
    '“',
    "'",
    ';',
    '{',
    '=',
  ],
  ...['99999999999999999999999999', 'true', 'null', 'If', 'constructor', '__proto__', 'toString('],
] as const;

/** Texts that are, or nearly are, expressions. */
export class RandomTexts {
  readonly #random: () => number;
  readonly #functions = functionCatalogue();

  constructor(random: () => number) {
    this.#random = random;
  }

  /** One text: a whole expression, a damaged one, pieces in any order, or something deep or long. */
  next(): string {
    switch (this.#below(6)) {
      case 0:
      case 1:
        return this.#expression(this.#below(6));
      case 2:
      case 3:
        return this.#damaged(this.#expression(this.#below(6)));
      case 4:
        return Array.from({ length: this.#below(40) }, () => this.#piece()).join('');
      default:
        return this.#extreme();
    }
  }

  #expression(depth: number): string {
    const kind = depth === 0 ? 0 : this.#below(4);
    if (kind === 0) return this.#one(LEAVES);
    if (kind === 1) return `${this.#one(['(', '-(', '( '])}${this.#expression(depth - 1)})`;
    const space = this.#one(['', ' ', '\n  ']);
    if (kind === 2)
      return `${this.#expression(depth - 1)}${space}${this.#one(OPERATORS)}${space}${this.#expression(depth - 1)}`;
    const { name, parameters } = this.#one(this.#functions);
    return `${name}(${parameters.map(() => this.#expression(depth - 1)).join(`,${space}`)})`;
  }

  #damaged(text: string): string {
    let damaged = text;
    for (let times = 1 + this.#below(4); times > 0; times--) {
      const at = this.#below(damaged.length + 1);
      const removed = this.#below(3);
      damaged = damaged.slice(0, at) + (this.#below(2) === 0 ? '' : this.#piece()) + damaged.slice(at + removed);
    }
    return damaged;
  }

  /** What a reader of another make would fail on: depth, length, long chains. */
  #extreme(): string {
    const times = 2 ** this.#below(15);
    switch (this.#below(4)) {
      case 0:
        return this.#one(['(', '-', '-(', 'IIF(', 'UCase(', '"', '[', 'True&&(']).repeat(times);
      case 1:
        return `${'('.repeat(times)}1${')'.repeat(times - this.#below(2))}`;
      case 2:
        return `1${`${this.#one(OPERATORS)}${this.#one(LEAVES)}`.repeat(times)}`;
      default:
        return this.#piece().repeat(times);
    }
  }

  #piece(): string {
    switch (this.#below(4)) {
      case 0:
        return this.#one(LEAVES);
      case 1:
        return this.#one(OPERATORS);
      case 2:
        return `${this.#one(this.#functions).name}(`;
      default:
        return this.#one(ODD);
    }
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #one<T>(list: readonly T[]): T {
    const found = list[this.#below(list.length)];
    if (found === undefined) throw new Error('An empty list has no element.');
    return found;
  }
}
