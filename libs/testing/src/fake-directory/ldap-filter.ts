import { childrenOf, textOf, type Tlv } from './ber.js';

/** Values of an attribute of the entry in question, by lower-case name. */
export type ValuesOf = (attribute: string) => readonly Buffer[];

/** Evaluates a filter as it came on the wire (RFC 4511 §4.5.1.7); kinds that are not listed match nothing. */
export function matches(filter: Tlv, valuesOf: ValuesOf): boolean {
  switch (filter.tag) {
    case 0xa0:
      return childrenOf(filter).every((part) => matches(part, valuesOf));
    case 0xa1:
      return childrenOf(filter).some((part) => matches(part, valuesOf));
    case 0xa2:
      return childrenOf(filter).every((part) => !matches(part, valuesOf));
    case 0xa3: {
      const [attribute, wanted] = childrenOf(filter);
      const text = textOf(wanted).toLowerCase();
      return valuesOf(textOf(attribute).toLowerCase()).some(
        (value) =>
          (wanted !== undefined && value.equals(wanted.value)) || value.toString('utf8').toLowerCase() === text,
      );
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
