import { childrenOf, textOf, type Tlv } from './ber.js';

/** Values of an attribute of the entry in question, by lower-case name. */
export type ValuesOf = (attribute: string) => readonly Buffer[];

/** Evaluates a filter as it came on the wire (RFC 4511 §4.5.1.7); kinds that are not listed match nothing. */
export function matches(filter: Tlv, valuesOf: ValuesOf): boolean {
  switch (filter.tag) {
    case 0xa0:
      return childrenOf(filter).every((part) => matches(part, valuesOf));
    case 0xa1:
      return matchesAny(filter, valuesOf);
    case 0xa2:
      return childrenOf(filter).every((part) => !matches(part, valuesOf));
    case 0xa3: {
      const { attribute, text } = equality(filter);
      return valuesOf(attribute).some((value) => folded(value) === text);
    }
    case 0xa5: {
      const [attribute, low] = childrenOf(filter);
      return valuesOf(textOf(attribute).toLowerCase()).some((value) => Number(value.toString()) >= Number(textOf(low)));
    }
    case 0x87:
      return textOf(filter).toLowerCase() === 'objectclass' || valuesOf(textOf(filter).toLowerCase()).length > 0;
    case 0xa9:
      return matchesBits(filter, valuesOf);
    default:
      return false;
  }
}

/** Only LDAP_MATCHING_RULE_BIT_AND ([MS-ADTS] 3.1.1.3.4.4.1). */
function matchesBits(filter: Tlv, valuesOf: ValuesOf): boolean {
  const part = (tag: number): string => textOf(childrenOf(filter).find((child) => child.tag === tag));
  if (part(0x81) !== '1.2.840.113556.1.4.803') return false;
  const bits = Number(part(0x83));
  return valuesOf(part(0x82).toLowerCase()).some((value) => (Number(value.toString('latin1')) & bits) === bits);
}

/** Long lists of equalities (GUIDs, change numbers) are tried on every object: taken apart once. */
interface Alternatives {
  readonly equal: ReadonlyMap<string, ReadonlySet<string>>;
  readonly others: readonly Tlv[];
}
const alternatives = new WeakMap<Tlv, Alternatives>();

function matchesAny(filter: Tlv, valuesOf: ValuesOf): boolean {
  const { equal, others } = alternatives.get(filter) ?? takenApart(filter);
  for (const [attribute, texts] of equal)
    if (valuesOf(attribute).some((value) => texts.has(folded(value)))) return true;
  return others.some((part) => matches(part, valuesOf));
}

function takenApart(filter: Tlv): Alternatives {
  const equal = new Map<string, Set<string>>();
  const parts = childrenOf(filter);
  for (const part of parts.filter(({ tag }) => tag === 0xa3)) {
    const { attribute, text } = equality(part);
    const texts = equal.get(attribute) ?? new Set();
    equal.set(attribute, texts.add(text));
  }
  const apart = { equal, others: parts.filter(({ tag }) => tag !== 0xa3) };
  alternatives.set(filter, apart);
  return apart;
}

function equality(filter: Tlv): { readonly attribute: string; readonly text: string } {
  const [attribute, wanted] = childrenOf(filter);
  return { attribute: textOf(attribute).toLowerCase(), text: wanted === undefined ? '' : folded(wanted.value) };
}

const folded = (value: Buffer): string => value.toString('utf8').toLowerCase();
