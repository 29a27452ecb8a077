import { element, type XmlElement } from '../nbfx/xml.js';
import type { CompanyConfiguration } from '../client/sync-service.js';
import { CHANGE, OBJECTS, XSI } from '../soap/namespaces.js';
import { Fields, bool, optional, resultOf } from './field.js';

const OPERATION = 'GetCompanyConfiguration';
/** Figure of the known samples (operations/sync-service.md section 1), when the service gives none. */
const MAX_LINKS = 15_000;

export const encodeCompanyConfigurationRequest = (): XmlElement =>
  element(CHANGE, OPERATION, [element(CHANGE, 'includeLicenseInformation', [bool(false)])], { declare: [CHANGE] });

/** Response element, for a server. */
export function encodeCompanyConfigurationResponse(company: CompanyConfiguration): XmlElement {
  const int = (value: number) => ({ kind: 'int32', value }) as const;
  const prevention = element(OBJECTS, 'PreventAccidentalDeletion', [
    element(OBJECTS, 'DeletionPrevention', [company.deletionPrevention.kind]),
    element(OBJECTS, 'ThresholdCount', [int(company.deletionPrevention.thresholdCount)]),
    element(OBJECTS, 'ThresholdPercentage', [int(company.deletionPrevention.thresholdPercentage)]),
  ]);
  const result = element(
    CHANGE,
    `${OPERATION}Result`,
    [
      element(OBJECTS, 'DirSyncConfiguration', [
        optional(OBJECTS, 'AnchorAttribute', company.anchorAttribute),
        prevention,
      ]),
      element(OBJECTS, 'DirSyncFeatures', [int(company.dirSyncFeatures)]),
      element(OBJECTS, 'DisplayName', [company.displayName]),
      optional(OBJECTS, 'InitialDomain', company.initialDomain),
      element(OBJECTS, 'IsDirSyncing', [bool(company.isDirSyncing)]),
      element(OBJECTS, 'IsPasswordSyncing', [bool(company.isPasswordSyncing)]),
      element(OBJECTS, 'MaxLinksSupportedAcrossBatchInProvision2', [int(company.maxLinksPerBatch)]),
      optional(OBJECTS, 'SynchronizationInterval', company.synchronizationInterval),
      element(OBJECTS, 'TenantId', [company.tenantId]),
    ],
    { declare: [OBJECTS, XSI] },
  );
  return element(CHANGE, `${OPERATION}Response`, [result], { declare: [CHANGE] });
}

/** @throws ADJ-EXP-3102 */
export function decodeCompanyConfigurationResponse(response: XmlElement): CompanyConfiguration {
  const fields = new Fields(resultOf(OPERATION, response));
  const dirSync = fields.within('DirSyncConfiguration');
  const prevention = dirSync?.within('PreventAccidentalDeletion');
  return {
    tenantId: fields.text('TenantId') ?? '',
    displayName: fields.text('DisplayName') ?? '',
    initialDomain: fields.text('InitialDomain'),
    isDirSyncing: fields.boolean('IsDirSyncing') ?? false,
    isPasswordSyncing: fields.boolean('IsPasswordSyncing') ?? false,
    dirSyncFeatures: fields.integer('DirSyncFeatures') ?? 0,
    anchorAttribute: dirSync?.text('AnchorAttribute'),
    maxLinksPerBatch: fields.integer('MaxLinksSupportedAcrossBatchInProvision2') ?? MAX_LINKS,
    synchronizationInterval: fields.text('SynchronizationInterval'),
    deletionPrevention: {
      kind: prevention?.text('DeletionPrevention') ?? 'Disabled',
      thresholdCount: prevention?.integer('ThresholdCount') ?? 0,
      thresholdPercentage: prevention?.integer('ThresholdPercentage') ?? 0,
    },
  };
}
