import {
  decodeCredentialsRequest,
  decodeFinalizeRequest,
  decodeProvisionRequest,
  decodeReadBackRequest,
  decodeSetFeaturesRequest,
  encodeCapabilitiesResponse,
  encodeCompanyConfigurationResponse,
  encodeCredentialsResponse,
  encodeFinalizeResponse,
  encodeProvisionResponse,
  encodeReadBackResponse,
  encodeSetFeaturesResponse,
  FAULT_CODES,
  type ProvisionOperation,
  type SyncObject,
  type XmlElement,
} from '@adjoin/sync-service';
import type { Tenant } from '../graph/tenant.js';
import { storeCredential } from './credentials.js';
import { FEATURES } from './features.js';
import { heal, provisionObject } from './provision.js';
import { readBack } from './read-back.js';
import { ServiceFault } from './service-fault.js';
import type { SyncServiceSettings } from './settings.js';
import { SyncFailure } from './sync-failure.js';

/** Member changes of one call (spec operations/sync-service.md section 1) and objects of one call (ours: the service's is not public). */
const MAX_LINKS = 15_000;
const MAX_OBJECTS = 500;

interface Call {
  readonly tenant: Tenant;
  readonly settings: SyncServiceSettings;
  readonly body: XmlElement;
}
type Operation = (call: Call) => XmlElement;

/** Every operation the endpoint knows. Each runs to its end before the next begins. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  Capabilities: ({ settings }) =>
    encodeCapabilitiesResponse({
      latestVersion: '3.2',
      minimumVersion: settings.minimumBuild,
      blockedVersions: settings.blockedBuilds,
    }),
  GetCompanyConfiguration: ({ tenant }) => companyConfiguration(tenant),
  ProvisionAzureADSyncObjects: (call) => provision('ProvisionAzureADSyncObjects', call),
  ProvisionAzureADSyncObjects2: (call) => provision('ProvisionAzureADSyncObjects2', call),
  ProvisionCredentials: ({ tenant, body }) => {
    if ((tenant.dirSyncFeatures() & FEATURES.PasswordHashSync) === 0)
      throw new ServiceFault(
        FAULT_CODES.passwordSyncOff,
        'Password Synchronization has not been activated for this company.',
      );
    return encodeCredentialsResponse(decodeCredentialsRequest(body).map((item) => storeCredential(tenant, item)));
  },
  ReadBackAzureADSyncObjects2: ({ tenant, body }) => {
    heal(tenant);
    try {
      return encodeReadBackResponse(readBack(tenant, decodeReadBackRequest(body)));
    } catch (error) {
      if (error instanceof SyncFailure) throw new ServiceFault('InvalidCookie', error.message);
      throw error;
    }
  },
  SetCompanyDirsyncFeatures: ({ tenant, body }) => {
    tenant.setDirSyncFeatures(decodeSetFeaturesRequest(body));
    return encodeSetFeaturesResponse();
  },
  FinalizeExport: ({ tenant, body }) => {
    decodeFinalizeRequest(body);
    tenant.sync.exportsFinished += 1;
    return encodeFinalizeResponse();
  },
};

function provision(operation: ProvisionOperation, { tenant, body }: Call): XmlElement {
  const objects = decodeProvisionRequest(body);
  const links = objects.reduce((sum, object) => sum + linksOf(object), 0);
  if (links > MAX_LINKS) throw new ServiceFault('TooManyLinks', `${links} member changes; ${MAX_LINKS} are allowed.`);
  if (objects.length > MAX_OBJECTS)
    throw new ServiceFault('TooManyObjects', `${objects.length} objects; ${MAX_OBJECTS} are allowed.`);
  if (operation === 'ProvisionAzureADSyncObjects' && objects.some(hasDeltas))
    throw new ServiceFault('InvalidRequest', 'Member changes need ProvisionAzureADSyncObjects2.');
  heal(tenant);
  tenant.directory.cause = operation;
  return encodeProvisionResponse(
    operation,
    objects.map((object) => provisionObject(tenant, object)),
  );
}

const hasDeltas = ({ properties }: SyncObject): boolean =>
  [...properties.values()].some(({ type }) => type === 'references');

function linksOf({ properties }: SyncObject): number {
  let links = 0;
  for (const value of properties.values()) if (value.type === 'references') links += value.changes.length;
  return links;
}

function companyConfiguration(tenant: Tenant): XmlElement {
  const features = tenant.dirSyncFeatures();
  return encodeCompanyConfigurationResponse({
    tenantId: tenant.id,
    displayName: tenant.displayName,
    initialDomain: tenant.initialDomain,
    isDirSyncing: true,
    isPasswordSyncing: (features & FEATURES.PasswordHashSync) !== 0,
    dirSyncFeatures: features,
    anchorAttribute: undefined,
    maxLinksPerBatch: MAX_LINKS,
    synchronizationInterval: 'PT30M',
    deletionPrevention: { kind: 'EnabledForCount', thresholdCount: 500, thresholdPercentage: 0 },
  });
}
