import { SyncError } from '@adjoin/contracts';
import { element, type XmlElement } from '../nbfx/xml.js';
import { CHANGE } from '../soap/namespaces.js';
import { Fields } from './field.js';

const OPERATION = 'SetCompanyDirsyncFeatures';

/** @param features the whole bit mask: what is not in it is switched off */
export const encodeSetFeaturesRequest = (features: number): XmlElement =>
  element(CHANGE, OPERATION, [element(CHANGE, 'dirsyncFeatures', [{ kind: 'int32', value: features }])], {
    declare: [CHANGE],
  });

/** @throws ADJ-EXP-3102 */
export function decodeSetFeaturesRequest(body: XmlElement): number {
  const features = new Fields(body).integer('dirsyncFeatures');
  if (features === undefined || features < 0)
    throw new SyncError('ADJ-EXP-3102', 'The message has no dirsyncFeatures.');
  return features;
}

/** Response element, for a server; it says nothing. */
export const encodeSetFeaturesResponse = (): XmlElement =>
  element(CHANGE, `${OPERATION}Response`, [], { declare: [CHANGE] });

/** @throws ADJ-EXP-3102 */
export function decodeSetFeaturesResponse(response: XmlElement): void {
  if (response.name !== `${OPERATION}Response`)
    throw new SyncError('ADJ-EXP-3102', `The answer to ${OPERATION} has the form of ${response.name}.`);
}
