import { SyncError } from '@adjoin/contracts';
import { attribute, element, type Namespace, type XmlElement } from '../nbfx/xml.js';
import { attributeText, bytesOf, elementsOf, textOf } from '../nbfx/xml-read.js';
import { ARRAYS, CHANGE, XSD, XSI } from '../soap/namespaces.js';
import { Fields, bool, isNil } from './field.js';
import type { ReferenceChange, SyncValue } from './sync-value.js';

/** `<c:Value i:type="…">` of a property (operations/sync-service.md section 1). */
export function encodeValue(value: SyncValue): XmlElement {
  switch (value.type) {
    case 'string':
      return typed(XSD, 'string', [value.value]);
    case 'boolean':
      return typed(XSD, 'boolean', [bool(value.value)]);
    case 'long':
      return typed(XSD, 'long', [{ kind: 'int64', value: value.value }]);
    case 'binary':
      return typed(XSD, 'base64Binary', [{ kind: 'bytes', value: value.value }]);
    case 'strings':
      return typed(
        ARRAYS,
        'ArrayOfstring',
        value.values.map((text) => element(ARRAYS, 'string', [text])),
      );
    case 'binaries':
      return typed(
        ARRAYS,
        'ArrayOfbase64Binary',
        value.values.map((bytes) => element(ARRAYS, 'base64Binary', [{ kind: 'bytes', value: bytes }])),
      );
    case 'references':
      return typed(CHANGE, 'SyncReferenceChangeCollection', [
        element(CHANGE, 'referenceChanges', value.changes.map(encodeChange)),
      ]);
    case 'nil':
      return element(ARRAYS, 'Value', [], { attributes: [attribute(XSI, 'nil', { kind: 'true' })] });
  }
}

function typed(namespace: Namespace, type: string, content: Parameters<typeof element>[2]): XmlElement {
  const name = namespace.prefix === '' ? type : `${namespace.prefix}:${type}`;
  return element(ARRAYS, 'Value', content, {
    declare: namespace === XSD ? [XSD] : [],
    attributes: [attribute(XSI, 'type', name)],
  });
}

const OPERATIONS = { add: 1, remove: 2 } as const;
const ANCHORS = { cloud: 1, source: 2 } as const;

function encodeChange({ operation, anchorKind, anchor }: ReferenceChange): XmlElement {
  return element(CHANGE, 'SyncReferenceChange', [
    element(CHANGE, 'Reference', [
      element(CHANGE, 'Anchor', [anchor]),
      element(CHANGE, 'referenceTypeInt', [{ kind: 'int8', value: ANCHORS[anchorKind] }]),
    ]),
    element(CHANGE, 'operationInt', [{ kind: 'int8', value: OPERATIONS[operation] }]),
  ]);
}

/** The value by the local name of its type: prefixes are the sender's choice. @throws ADJ-EXP-3102 for an unknown type or a wrong value */
export function decodeValue(node: XmlElement): SyncValue {
  if (isNil(node)) return { type: 'nil' };
  const type = (attributeText(node, XSI.uri, 'type') ?? 'string').replace(/^.*:/, '');
  switch (type) {
    case 'string':
    case 'dateTime':
      return { type: 'string', value: textOf(node) };
    case 'boolean':
      return { type: 'boolean', value: decodeBoolean(node) };
    case 'long':
    case 'int':
      return { type: 'long', value: decodeLong(node) };
    case 'base64Binary':
      return { type: 'binary', value: bytesOf(node) };
    case 'ArrayOfstring':
      return { type: 'strings', values: elementsOf(node).map(textOf) };
    case 'ArrayOfbase64Binary':
      return { type: 'binaries', values: elementsOf(node).map(bytesOf) };
    case 'SyncReferenceChangeCollection':
      return { type: 'references', changes: decodeChanges(node) };
    default:
      throw new SyncError('ADJ-EXP-3102', `Unknown value type ${type}.`);
  }
}

function decodeBoolean(node: XmlElement): boolean {
  const text = textOf(node);
  if (/^(true|1)$/.test(text)) return true;
  if (/^(false|0)$/.test(text)) return false;
  throw new SyncError('ADJ-EXP-3102', 'A value of type boolean is neither true nor false.');
}

function decodeLong(node: XmlElement): bigint {
  const text = textOf(node);
  if (!/^[+-]?\d{1,19}$/.test(text)) throw new SyncError('ADJ-EXP-3102', 'A value of type long is not a number.');
  return BigInt(text.replace('+', ''));
}

function decodeChanges(node: XmlElement): readonly ReferenceChange[] {
  const changes = new Fields(node).within('referenceChanges')?.nodes('SyncReferenceChange') ?? [];
  return changes.map((change) => {
    const fields = new Fields(change);
    const reference = fields.within('Reference');
    const operation = fields.integer('operationInt');
    const kind = reference?.integer('referenceTypeInt');
    if (reference === undefined || (operation !== 1 && operation !== 2) || (kind !== 1 && kind !== 2))
      throw new SyncError('ADJ-EXP-3102', 'A reference change has an unknown operation or anchor type.');
    return {
      operation: operation === OPERATIONS.add ? 'add' : 'remove',
      anchorKind: kind === ANCHORS.cloud ? 'cloud' : 'source',
      anchor: reference.required('Anchor'),
    };
  });
}
