import { SyncError } from '@adjoin/contracts';
import { element, type XmlElement } from '../nbfx/xml.js';
import { ARRAYS, OBJECTS } from '../soap/namespaces.js';
import { Fields } from './field.js';
import { decodeValue, encodeValue } from './property-value.js';
import { SYNC_OBJECT_OPERATIONS, SYNC_OBJECT_TYPES, type SyncObject, type SyncValue } from './sync-value.js';

const PAIR = 'KeyValueOfstringanyType';

/** `AzureADSyncObject`, as exports and read-backs carry it. The prefix `i` must be declared around it. */
export function encodeObject({ type, operation, properties }: SyncObject): XmlElement {
  const pairs = [...properties].map(([key, value]) =>
    element(ARRAYS, PAIR, [element(ARRAYS, 'Key', [key]), encodeValue(value)]),
  );
  return element(OBJECTS, 'AzureADSyncObject', [
    element(OBJECTS, 'PropertyValues', pairs, { declare: [ARRAYS] }),
    element(OBJECTS, 'SyncObjectType', [type]),
    element(OBJECTS, 'SyncOperation', [operation]),
  ]);
}

/** @throws ADJ-EXP-3102 */
export function decodeObject(node: XmlElement): SyncObject {
  const fields = new Fields(node);
  const type = SYNC_OBJECT_TYPES.find((one) => one === fields.text('SyncObjectType'));
  const operation = SYNC_OBJECT_OPERATIONS.find((one) => one === (fields.text('SyncOperation') ?? 'Set'));
  if (type === undefined || operation === undefined)
    throw new SyncError('ADJ-EXP-3102', 'An object has an unknown type or operation.');
  const properties = new Map<string, SyncValue>();
  for (const pair of fields.within('PropertyValues')?.nodes(PAIR) ?? []) {
    const parts = new Fields(pair);
    const value = parts.node('Value');
    const key = parts.required('Key');
    if (value === undefined) throw new SyncError('ADJ-EXP-3102', `The property ${key} has no value.`);
    if (properties.has(key)) throw new SyncError('ADJ-EXP-3102', `The property ${key} is given twice.`);
    properties.set(key, decodeValue(value));
  }
  return { type, operation, properties };
}
