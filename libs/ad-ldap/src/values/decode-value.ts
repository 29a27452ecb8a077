import type { WireScalar, WireValue } from '@adjoin/contracts';
import { parseExtendedDn } from '../names/extended-dn.js';
import type { AttributeSchema } from './attribute-schema.js';

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** A value that is not what the schema says. Concerns one object only. */
export class DecodeError extends Error {
  constructor(attribute: string, problem: string) {
    super(`attribute ${attribute}: ${problem}`);
    this.name = 'DecodeError';
  }
}

/**
 * Bytes of one attribute as a wire value: an array when the schema says multi-valued, else a scalar; null for no values (cleared).
 * References become `{$ref, dn}` when the server sent the GUID, plain text of the DN otherwise. Throws {@link DecodeError}.
 */
export function decodeValues(schema: AttributeSchema, values: readonly Buffer[]): WireValue | null {
  if (values.length === 0) return null;
  const decoded = values.map((value) => decodeScalar(schema, value));
  if (!schema.singleValued) return decoded;
  const [first] = decoded;
  if (decoded.length > 1 || first === undefined)
    throw new DecodeError(schema.name, `${String(decoded.length)} values, but it is single-valued`);
  return first;
}

export function decodeScalar(schema: AttributeSchema, value: Buffer): WireScalar {
  switch (schema.kind) {
    case 'bytes':
      return { $binary: value.toString('base64') };
    case 'text':
    case 'time':
      return decodeText(schema, value);
    case 'boolean':
      return decodeBoolean(schema, value);
    case 'integer':
    case 'largeInteger':
      return decodeInteger(schema, value);
    case 'dn': {
      const { guid, dn } = parseExtendedDn(decodeText(schema, value));
      return guid === undefined ? dn : { $ref: guid, dn };
    }
    case 'dnWithData':
      return decodeDnWithData(decodeText(schema, value));
  }
}

function decodeText(schema: AttributeSchema, value: Buffer): string {
  try {
    return strictUtf8.decode(value);
  } catch {
    // The bytes themselves may be personal data: not in the message.
    throw new DecodeError(schema.name, 'not valid UTF-8');
  }
}

function decodeBoolean(schema: AttributeSchema, value: Buffer): boolean {
  const text = value.toString('latin1');
  if (text === 'TRUE') return true;
  if (text === 'FALSE') return false;
  throw new DecodeError(schema.name, 'neither TRUE nor FALSE');
}

/** Integers beyond 2^53 keep all their digits as `{$int}`. */
function decodeInteger(schema: AttributeSchema, value: Buffer): WireScalar {
  const text = value.toString('latin1');
  if (!/^-?\d{1,20}$/.test(text)) throw new DecodeError(schema.name, 'not an integer');
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : { $int: text };
}

/** `B:<count>:<hex>:<DN>` or `S:<count>:<text>:<DN>`, with an extended DN put back to a plain one. */
function decodeDnWithData(text: string): string {
  const head = /^[BS]:(\d+):/.exec(text);
  if (head === null) return parseExtendedDn(text).dn;
  const dataEnd = head[0].length + Number(head[1]);
  return `${text.slice(0, dataEnd + 1)}${parseExtendedDn(text.slice(dataEnd + 1)).dn}`;
}
