import { SyncError } from '@adjoin/contracts';
import { element, type XmlElement } from '../nbfx/xml.js';
import type { ObjectResult } from '../client/sync-service.js';
import { CHANGE, OBJECTS, XSI } from '../soap/namespaces.js';
import { Fields, optional, resultOf } from './field.js';
import { decodeObject, encodeObject } from './sync-objects.js';
import { SYNC_OBJECT_TYPES, type SyncObject } from './sync-value.js';

/** Version 2 accepts member deltas (operations/sync-service.md section 1). */
export type ProvisionOperation = 'ProvisionAzureADSyncObjects' | 'ProvisionAzureADSyncObjects2';
const RESULT = 'AzureADSyncObjectResult';

export function encodeProvisionRequest(operation: ProvisionOperation, objects: readonly SyncObject[]): XmlElement {
  const request = element(CHANGE, 'syncRequest', [element(OBJECTS, 'SyncObjects', objects.map(encodeObject))], {
    declare: [OBJECTS, XSI],
  });
  return element(CHANGE, operation, [request], { declare: [CHANGE] });
}

/** @throws ADJ-EXP-3102 */
export function decodeProvisionRequest(body: XmlElement): readonly SyncObject[] {
  const objects = new Fields(body).within('syncRequest')?.within('SyncObjects')?.nodes('AzureADSyncObject');
  if (objects === undefined) throw new SyncError('ADJ-EXP-3102', 'The message has no SyncObjects.');
  return objects.map(decodeObject);
}

/** Response element, for a server. */
export function encodeProvisionResponse(operation: ProvisionOperation, results: readonly ObjectResult[]): XmlElement {
  const list = results.map((one) =>
    element(OBJECTS, RESULT, [
      optional(OBJECTS, 'CloudAnchor', one.cloudAnchor),
      element(OBJECTS, 'ObjectType', [one.type]),
      element(OBJECTS, 'ResultCode', [one.succeeded ? 'Success' : 'Failure']),
      optional(OBJECTS, 'ResultErrorCode', one.errorCode),
      optional(OBJECTS, 'ResultErrorDescription', one.errorDescription),
      optional(OBJECTS, 'SourceAnchor', one.sourceAnchor),
    ]),
  );
  const result = element(CHANGE, `${operation}Result`, [element(OBJECTS, 'SyncObjectResults', list)], {
    declare: [OBJECTS, XSI],
  });
  return element(CHANGE, `${operation}Response`, [result], { declare: [CHANGE] });
}

/**
 * One result for each object, in the order they were sent.
 * @throws ADJ-EXP-3102 when their number differs or an anchor shows that the order does
 */
export function decodeProvisionResponse(
  operation: ProvisionOperation,
  response: XmlElement,
  sent: readonly SyncObject[],
): readonly ObjectResult[] {
  const nodes = new Fields(resultOf(operation, response)).within('SyncObjectResults')?.nodes(RESULT) ?? [];
  if (nodes.length !== sent.length)
    throw new SyncError('ADJ-EXP-3102', `${operation} answered ${nodes.length} results for ${sent.length} objects.`);
  return sent.map((object, index) => decodeResult(nodes[index], object));
}

function decodeResult(node: XmlElement | undefined, object: SyncObject): ObjectResult {
  if (node === undefined) throw new SyncError('ADJ-EXP-3102', 'A result is missing.');
  const fields = new Fields(node);
  const given = object.properties.get('SourceAnchor');
  const asked = given?.type === 'string' ? given.value : undefined;
  const sourceAnchor = fields.text('SourceAnchor');
  if (asked !== undefined && sourceAnchor !== undefined && asked !== sourceAnchor)
    throw new SyncError('ADJ-EXP-3102', 'The results are not in the order of the objects.');
  const code = fields.required('ResultCode');
  const errorCode = fields.text('ResultErrorCode');
  const succeeded = code === 'Success';
  return {
    type: SYNC_OBJECT_TYPES.find((type) => type === fields.text('ObjectType')) ?? object.type,
    sourceAnchor: sourceAnchor ?? asked,
    cloudAnchor: fields.text('CloudAnchor'),
    succeeded,
    errorCode: succeeded ? undefined : (errorCode ?? code),
    errorDescription: succeeded ? undefined : fields.text('ResultErrorDescription'),
  };
}
