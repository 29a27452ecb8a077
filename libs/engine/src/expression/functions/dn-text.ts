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
  const text = trimSpaces(part);
  const equals = text.indexOf('=');
  return equals < 0 ? { type: '', value: text } : { type: text.slice(0, equals).trim(), value: text.slice(equals + 1) };
}

/** Spaces around a part do not belong to it, except an escaped one at its end. */
function trimSpaces(part: string): string {
  let end = part.length;
  while (end > 0 && part[end - 1] === ' ' && part[end - 2] !== '\\') end--;
  let start = 0;
  while (start < end && part[start] === ' ') start++;
  return part.slice(start, end);
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
