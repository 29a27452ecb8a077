import { SyncError } from '@adjoin/contracts';
import { element, type XmlElement } from '../nbfx/xml.js';
import { CHANGE } from '../soap/namespaces.js';
import { Fields } from './field.js';

const OPERATION = 'FinalizeExport';

export interface ExportTotals {
  readonly totalExported: number;
  readonly successful: number;
}

export function encodeFinalizeRequest({ totalExported, successful }: ExportTotals): XmlElement {
  return element(
    CHANGE,
    OPERATION,
    [
      element(CHANGE, 'totalExported', [{ kind: 'int32', value: totalExported }]),
      element(CHANGE, 'successfulExportCount', [{ kind: 'int32', value: successful }]),
    ],
    { declare: [CHANGE] },
  );
}

/** @throws ADJ-EXP-3102 */
export function decodeFinalizeRequest(body: XmlElement): ExportTotals {
  const fields = new Fields(body);
  const totalExported = fields.integer('totalExported');
  const successful = fields.integer('successfulExportCount');
  if (totalExported === undefined || successful === undefined)
    throw new SyncError('ADJ-EXP-3102', 'The message has no totalExported or successfulExportCount.');
  return { totalExported, successful };
}

/** Response element, for a server; it says nothing. */
export const encodeFinalizeResponse = (): XmlElement =>
  element(CHANGE, `${OPERATION}Response`, [], { declare: [CHANGE] });

/** @throws ADJ-EXP-3102 */
export function decodeFinalizeResponse(response: XmlElement): void {
  if (response.name !== `${OPERATION}Response`)
    throw new SyncError('ADJ-EXP-3102', `The answer to ${OPERATION} has the form of ${response.name}.`);
}
