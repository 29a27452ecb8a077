import { SyncError } from '@adjoin/contracts';
import { decodeCapabilitiesResponse, encodeCapabilitiesRequest } from '../operations/capabilities.js';
import {
  decodeCompanyConfigurationResponse,
  encodeCompanyConfigurationRequest,
} from '../operations/company-configuration.js';
import { decodeFinalizeResponse, encodeFinalizeRequest } from '../operations/finalize-export.js';
import {
  CREDENTIAL_RESULTS,
  decodeCredentialsResponse,
  encodeCredentialsRequest,
  type CredentialResult,
} from '../operations/provision-credentials.js';
import { decodeProvisionResponse, encodeProvisionRequest } from '../operations/provision-objects.js';
import { decodeReadBackResponse, encodeReadBackRequest } from '../operations/read-back.js';
import { decodeSetFeaturesResponse, encodeSetFeaturesRequest } from '../operations/set-features.js';
import type { SyncObject } from '../operations/sync-value.js';
import { HttpsBinaryTransport, type BinaryTransport } from './binary-transport.js';
import type { WhenBusy } from './service-busy.js';
import { SoapCaller, defaultWait, type CallerParts } from './soap-caller.js';
import type {
  CompanyConfiguration,
  CredentialItem,
  CredentialOutcome,
  ObjectResult,
  ReadBackPage,
  ReadBackRequest,
  ServiceCapabilities,
  SyncService,
  SyncServiceOptions,
} from './sync-service.js';

/** Credentials in one call. The service takes a list; how long it may be is not public. */
const CREDENTIAL_BATCH = 100;
/** operations/password-hash-sync.md section 2. */
const CREDENTIAL = /^v1;PPH1_MD4,[0-9a-f]{20},\d{1,4},[0-9a-f]{64};$/;

/** {@link SyncService} over HTTPS. Times and randomness can be given for tests. */
export class SyncServiceClient implements SyncService {
  readonly #caller: SoapCaller;
  readonly #transport: BinaryTransport;
  readonly #credentialBatch: number;

  constructor(options: SyncServiceOptions, parts: Partial<CallerParts> = {}) {
    this.#transport = parts.transport ?? new HttpsBinaryTransport(options);
    this.#credentialBatch = options.credentialBatch ?? CREDENTIAL_BATCH;
    this.#caller = new SoapCaller(options, {
      transport: this.#transport,
      now: parts.now ?? Date.now,
      random: parts.random ?? Math.random,
      wait: parts.wait ?? defaultWait,
    });
  }

  async sendCredentials(items: readonly CredentialItem[], signal?: AbortSignal): Promise<readonly CredentialOutcome[]> {
    // A malformed credential would fail the whole call: it is refused here, and the others are sent.
    const sound = items.filter((item) => CREDENTIAL.test(item.credentialData));
    const outcomes = new Map<CredentialItem, CredentialOutcome>();
    for (let at = 0; at < sound.length; at += this.#credentialBatch) {
      const batch = sound.slice(at, at + this.#credentialBatch);
      const body = encodeCredentialsRequest(batch);
      const results = decodeCredentialsResponse(
        await this.#caller.call('ProvisionCredentials', body, signal),
        batch.length,
      );
      for (const [index, item] of batch.entries()) outcomes.set(item, outcomeOf(item, results[index]));
    }
    return items.map((item) => outcomes.get(item) ?? malformedCredential(item));
  }

  async provision(
    objects: readonly SyncObject[],
    signal?: AbortSignal,
    whenBusy?: WhenBusy,
  ): Promise<readonly ObjectResult[]> {
    if (objects.length === 0) return [];
    const operation = 'ProvisionAzureADSyncObjects2';
    const body = encodeProvisionRequest(operation, objects);
    return decodeProvisionResponse(operation, await this.#caller.call(operation, body, signal, whenBusy), objects);
  }

  async readBack(request: ReadBackRequest, signal?: AbortSignal): Promise<ReadBackPage> {
    const body = encodeReadBackRequest(request);
    return decodeReadBackResponse(await this.#caller.call('ReadBackAzureADSyncObjects2', body, signal));
  }

  async companyConfiguration(signal?: AbortSignal): Promise<CompanyConfiguration> {
    const body = encodeCompanyConfigurationRequest();
    return decodeCompanyConfigurationResponse(await this.#caller.call('GetCompanyConfiguration', body, signal));
  }

  async capabilities(signal?: AbortSignal): Promise<ServiceCapabilities> {
    return decodeCapabilitiesResponse(await this.#caller.call('Capabilities', encodeCapabilitiesRequest(), signal));
  }

  async setFeatures(dirSyncFeatures: number, signal?: AbortSignal): Promise<void> {
    const body = encodeSetFeaturesRequest(dirSyncFeatures);
    decodeSetFeaturesResponse(await this.#caller.call('SetCompanyDirsyncFeatures', body, signal));
  }

  async finalizeExport(totalExported: number, successful: number, signal?: AbortSignal): Promise<void> {
    const body = encodeFinalizeRequest({ totalExported, successful });
    decodeFinalizeResponse(await this.#caller.call('FinalizeExport', body, signal));
  }

  close(): void {
    this.#transport.close();
  }
}

/** The credential itself must not show in an error. */
function malformedCredential({ sourceAnchor }: CredentialItem): CredentialOutcome {
  const error = new SyncError('ADJ-EXP-3006', 'The credential is not of the form the service takes; it was not sent.', {
    object: sourceAnchor,
    retry: 'never',
  });
  return { kind: 'refused', sourceAnchor, error };
}

function outcomeOf({ sourceAnchor }: CredentialItem, result: CredentialResult | undefined): CredentialOutcome {
  if (result?.code === CREDENTIAL_RESULTS.accepted) return { kind: 'accepted', sourceAnchor };
  const said = result?.information === undefined ? '' : `: ${result.information}`;
  const message = `The service did not take the credential (result ${result?.code})${said}`;
  const make = (retry: 'later' | 'never'): SyncError =>
    new SyncError('ADJ-EXP-3006', message, { object: sourceAnchor, retry });
  switch (result?.code) {
    case CREDENTIAL_RESULTS.unknownUser:
      return { kind: 'unknown-user', sourceAnchor, error: make('later') };
    case CREDENTIAL_RESULTS.refused:
      return { kind: 'refused', sourceAnchor, error: make('never') };
    default:
      return { kind: 'retry', sourceAnchor, error: make('later') };
  }
}
