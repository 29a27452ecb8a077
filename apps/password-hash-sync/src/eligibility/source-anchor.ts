import { consistencyGuidText, type ReplicatedObject } from '@adjoin/ad-drsr';

/** Attributes whose value replicates with the password, so that the anchor can be recomputed and needs nobody's word. */
export const PROVABLE_ANCHORS = ['objectGUID', 'ms-DS-ConsistencyGuid'] as const;
export type ProvableAnchor = (typeof PROVABLE_ANCHORS)[number];

export const isProvableAnchor = (attribute: string): attribute is ProvableAnchor =>
  PROVABLE_ANCHORS.some((one) => one.toLowerCase() === attribute.toLowerCase());

/**
 * Source anchor of a replicated object, base64 of the 16 bytes as the directory stores them: ms-DS-ConsistencyGuid where that is the anchor of the
 * rules and the object has one, else objectGUID. Undefined when ms-DS-ConsistencyGuid holds something that is no GUID: then nothing can be proven.
 */
export function sourceAnchorOf(object: ReplicatedObject, attribute: ProvableAnchor): string | undefined {
  if (attribute.toLowerCase() !== 'objectguid' && object.consistencyGuid != null && object.consistencyGuid.length > 0)
    return consistencyGuidText(object) === undefined ? undefined : object.consistencyGuid.toString('base64');
  return guidBytes(object.guid).toString('base64');
}

/** GUID text → bytes in the order of the directory: the first three fields little-endian ([MS-DTYP] 2.3.4.2). */
function guidBytes(text: string): Buffer {
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}
