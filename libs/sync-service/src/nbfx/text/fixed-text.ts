import type { TextValue } from './text-value.js';

/** Records without content ([MC-NBFX] sections 2.2.3.1 to 2.2.3.4 and 2.2.3.20) by record type. */
export const FIXED_TEXT = { 0x80: 'zero', 0x82: 'one', 0x84: 'false', 0x86: 'true', 0xa8: 'empty' } as const;
const CHARACTERS = { zero: '0', one: '1', false: 'false', true: 'true', empty: '' } as const;
export type FixedKind = keyof typeof CHARACTERS;
const TYPES = new Map<string, number>(Object.entries(FIXED_TEXT).map(([type, kind]) => [kind, Number(type)]));

export function readFixed(type: number): TextValue | undefined {
  const kind = FIXED_TEXT[type as keyof typeof FIXED_TEXT] as FixedKind | undefined;
  return kind === undefined ? undefined : { kind };
}

export const isFixed = (kind: string): kind is FixedKind => kind in CHARACTERS;
export const fixedType = (kind: FixedKind): number => TYPES.get(kind) ?? 0xa8;
export const fixedCharacters = (kind: FixedKind): string => CHARACTERS[kind];
