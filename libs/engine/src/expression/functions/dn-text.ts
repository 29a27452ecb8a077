/** One relative distinguished name as written: type and value keep their escapes. */
export interface RdnText {
  readonly type: string;
  readonly value: string;
}

/** Splits DN text at the commas that are not escaped or quoted (RFC 4514); escapes are kept. */
export function splitDn(dn: string): readonly RdnText[] {
  if (dn.trim() === '') return [];
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let index = 0; index < dn.length; index++) {
    const char = dn[index];
    if (char === '\\') index++;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && (char === ',' || char === ';')) {
      parts.push(dn.slice(start, index));
      start = index + 1;
    }
  }
  parts.push(dn.slice(start));
  return parts.map(readRdn);
}

function readRdn(part: string): RdnText {
  const text = part.replace(/^ +/, '').replace(/(?<!\\) +$/, '');
  const equals = text.indexOf('=');
  return equals < 0 ? { type: '', value: text } : { type: text.slice(0, equals).trim(), value: text.slice(equals + 1) };
}

/** Escapes the value part of `type=value` text, or all of a text without `=`. */
export function escapeRdn(text: string): string {
  const valueAt = text.indexOf('=') + 1;
  const value = text
    .slice(valueAt)
    .replace(/[\\,+"<>;]/g, '\\$&')
    .replace(/^[# ]/, '\\$&')
    .replace(/(?<!^\\?) $/, '\\ ')
    .replaceAll('\0', '\\00');
  return text.slice(0, valueAt) + value;
}
