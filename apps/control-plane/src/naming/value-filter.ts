import { SyncError } from '@adjoin/contracts';
import { joinKey } from '@adjoin/engine';

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,199}$/;
const GUID = /^\{?([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\}?$/i;

/** Text of a GUID in its stored byte order (first three groups little-endian, [MS-DTYP] 2.3.4), or undefined. */
export function guidBytes(text: string): Buffer | undefined {
  const match = GUID.exec(text);
  if (match === null) return undefined;
  const [a = '', b = '', c = '', d = '', e = ''] = match.slice(1);
  const reversed = [a, b, c].map((group) => Buffer.from(group, 'hex').reverse());
  return Buffer.concat([...reversed, Buffer.from(d, 'hex'), Buffer.from(e, 'hex')]);
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Matches the whole text without regard to case. */
export const sameTextAnyCase = (text: string): RegExp => new RegExp(`^${escapeRegExp(text)}$`, 'i');

/** Every value, other than text, that the text of a search may stand for. */
function typedForms(text: string): (bigint | boolean | Buffer)[] {
  const forms: (bigint | boolean | Buffer)[] = [];
  if (/^-?\d{1,18}$/.test(text)) forms.push(BigInt(text));
  if (/^(true|false)$/i.test(text)) forms.push(text.toLowerCase() === 'true');
  const guid = guidBytes(text);
  if (guid !== undefined) forms.push(guid);
  else if (/^[A-Za-z0-9+/]{6,}={0,2}$/.test(text) && text.length % 4 === 0) forms.push(Buffer.from(text, 'base64'));
  return forms;
}

/** Join keys under which an object with this value is found, if the rules join on the attribute. */
export const joinKeysOf = (name: string, value: string): string[] =>
  [value, ...typedForms(value)].map((form) => joinKey(name, form));

/** `name=value` split at the first `=`. Throws ADJ-API-4003 for a name that no attribute can have. */
export function splitClause(clause: string): { readonly name: string; readonly value: string } {
  const at = clause.indexOf('=');
  const name = clause.slice(0, at);
  if (at < 1 || !NAME.test(name))
    throw new SyncError('ADJ-API-4003', `"${clause}" is not name=value with the name of an attribute.`);
  return { name, value: clause.slice(at + 1) };
}

/**
 * Mongo condition for clauses joined by AND over attributes below `field`. An empty value means "absent", `*` "present"; a reference
 * matches by its DN.
 */
export function attributeFilter(field: string, clauses: readonly string[]): Record<string, unknown>[] {
  return clauses.map((clause) => {
    const { name, value } = splitClause(clause);
    const path = `${field}.${name}`;
    if (value === '') return { [path]: { $exists: false } };
    if (value === '*') return { [path]: { $exists: true } };
    const forms = [sameTextAnyCase(value), ...typedForms(value)];
    return { $or: [{ [path]: { $in: forms } }, { [`${path}.dn`]: sameTextAnyCase(value) }] };
  });
}
