/** A string of a document: given, or a number of the dictionary ([MC-NBFX] sections 2.1.3 and 2.1.4). */
export type NbfxString = string | { readonly dictionary: number };

/** Value of a text record with the type it has on the wire ([MC-NBFX] section 2.2.3). */
export type TextValue =
  | { readonly kind: 'zero' | 'one' | 'false' | 'true' | 'empty' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int8' | 'int16' | 'int32' | 'float' | 'double'; readonly value: number }
  | { readonly kind: 'int64' | 'uint64'; readonly value: bigint }
  /** value = ±coefficient / 10^scale; coefficient below 2^96, scale 0 to 28. */
  | { readonly kind: 'decimal'; readonly coefficient: bigint; readonly scale: number; readonly negative: boolean }
  /** 100 ns units since 0001-01-01; zone 0 unspecified, 1 UTC, 2 local time of the reader. */
  | { readonly kind: 'datetime'; readonly ticks: bigint; readonly zone: 0 | 1 | 2 }
  | { readonly kind: 'timespan'; readonly ticks: bigint }
  | { readonly kind: 'chars' | 'unicode'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  /** UUID in its text form, lower case. */
  | { readonly kind: 'uuid' | 'uniqueid'; readonly value: string }
  | { readonly kind: 'dictionary'; readonly id: number }
  /** prefix: 0 = a … 25 = z */
  | { readonly kind: 'qname'; readonly prefix: number; readonly id: number }
  | { readonly kind: 'list'; readonly items: readonly TextValue[] };

export type TextKind = TextValue['kind'];
export type TextOf<K extends TextKind> = Extract<TextValue, { readonly kind: K }>;
