/**
 * Distinguished names as text (RFC 4514). Parts are cut at unescaped commas only; nothing is unescaped, so that a part put together
 * again is the same DN.
 */

/** RDNs of a DN, leftmost first, with their escapes. */
export function splitDn(dn: string): readonly string[] {
  if (dn === '') return [];
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < dn.length; at += 1) {
    const char = dn[at];
    if (char === '\\') at += 1;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && (char === ',' || char === ';')) {
      parts.push(dn.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(dn.slice(start));
  return parts.map((part) => part.trimStart());
}

/** Leftmost RDN with its escapes, `CN=Kim\, B`. */
export const rdnOf = (dn: string): string => splitDn(dn)[0] ?? '';

/** DN of the container; empty for a DN of one part. */
export const parentDn = (dn: string): string => splitDn(dn).slice(1).join(',');

/** Type of an RDN in lower case, `cn`. */
export const rdnType = (rdn: string): string =>
  rdn
    .slice(0, Math.max(0, rdn.indexOf('=')))
    .trim()
    .toLowerCase();

/** Value of an RDN without escapes. */
export function rdnValue(rdn: string): string {
  const value = rdn.slice(rdn.indexOf('=') + 1).trimStart();
  if (!value.includes('\\')) return value;
  const bytes: number[] = [];
  for (let at = 0; at < value.length; at += 1) {
    const hex = /^\\([0-9a-f]{2})/i.exec(value.slice(at, at + 3))?.[1];
    if (hex !== undefined) {
      bytes.push(Number.parseInt(hex, 16));
      at += 2;
      continue;
    }
    if (value[at] === '\\') at += 1;
    const char = String.fromCodePoint(value.codePointAt(at) ?? 0x5c);
    bytes.push(...Buffer.from(char, 'utf8'));
    at += char.length - 1;
  }
  return Buffer.from(bytes).toString('utf8');
}

/** Escapes a value for use in an RDN (RFC 4514 §2.4), in the form AD writes it. */
export function escapeRdnValue(value: string): string {
  const escaped = value
    .replace(/[\\,+"<>;=]/g, '\\$&')
    .replace(/\n/g, '\\0A')
    .replace(/\r/g, '\\0D');
  const head = /^[ #]/.test(escaped) ? `\\${escaped}` : escaped;
  return / $/.test(head) && head.length > 1 && !head.endsWith('\\ ') ? `${head.slice(0, -1)}\\ ` : head;
}

/** A DN in a form in which equal names are equal strings: lower case, no spaces around the separators, escapes decoded. */
export function dnKey(dn: string): string {
  return splitDn(dn)
    .map((rdn) => `${rdnType(rdn)}=${escapeRdnValue(rdnValue(rdn.trimEnd())).toLowerCase()}`)
    .join(',');
}

export const sameDn = (a: string, b: string): boolean => a === b || dnKey(a) === dnKey(b);

/** True when `dn` is `ancestor` or lies below it. */
export function isUnder(dn: string, ancestor: string): boolean {
  const key = dnKey(dn);
  const top = dnKey(ancestor);
  return key === top || key.endsWith(`,${top}`);
}

/** True when `dn` is in the naming context of the domain: below it, and not in a domain below it (`OU=x,DC=child,DC=corp,DC=test`). */
export function isInDomain(dn: string, domain: string): boolean {
  if (!isUnder(dn, domain)) return false;
  const below = splitDn(dn).length - splitDn(domain).length;
  return below === 0 || rdnType(splitDn(dn)[below - 1] ?? '') !== 'dc';
}
