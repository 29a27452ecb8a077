import {
  SyncError,
  type ForestExportMessage,
  type WireChanges,
  type WritableAttribute,
  type WritableAttributes,
} from '@adjoin/contracts';

/** One attribute of an export with the values it should have; none: it is cleared. */
export interface Write extends WritableAttribute {
  readonly attribute: string;
  readonly values: readonly Buffer[];
}

/** What an export asks for. Anything that is never written to Active Directory is refused before anything is sent (ADJ-EXP-3203). */
export function writesOf(message: ForestExportMessage, writable: WritableAttributes): readonly Write[] {
  const names = writable.get(message.objectType);
  const refused = (what: string): SyncError =>
    new SyncError('ADJ-EXP-3203', `${nameOf(message)}: ${what} is not written to Active Directory.`);
  if (message.operation !== 'update') throw refused(`the operation ${message.operation}`);
  if (Object.keys(message.references ?? {}).length > 0) throw refused('a change of references');
  if (message.cloudId === undefined) throw refused('an object without objectGUID');
  return Object.entries(message.attributes).map(([attribute, value]) => {
    const known = names?.get(attribute);
    if (known === undefined) throw refused(attribute);
    const values = bytesOf(value);
    if (values === undefined || (values.length === 0 && known.mode.kind !== 'replace'))
      throw refused(`this value of ${attribute}`);
    return { ...known, attribute, values };
  });
}

/** Bytes of the values; undefined when one is neither text nor bytes. */
function bytesOf(value: WireChanges[string]): readonly Buffer[] | undefined {
  if (value === null) return [];
  const bytes = (Array.isArray(value) ? value : [value]).map((one) => {
    if (typeof one === 'string') return Buffer.from(one, 'utf8');
    return typeof one === 'object' && '$binary' in one ? Buffer.from(one.$binary, 'base64') : undefined;
  });
  return bytes.every((one) => one !== undefined) ? bytes : undefined;
}

/** The object in words. */
export const nameOf = ({ name, objectId }: ForestExportMessage): string => name ?? objectId;
