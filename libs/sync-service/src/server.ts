/** What a server of the protocol needs: the other half of each codec. The simulator of the service is built on it. */
export { CONTENT_TYPE, decodeRequest, encodeFaultReply, encodeReply, type ReceivedRequest } from './soap/envelope.js';
export { encodeFault, errorDetail, redirectionDetail } from './soap/fault.js';
export { SYNC_TOKEN_FIELDS } from './soap/sync-token.js';
export { decodeDocument, encodeDocument } from './nbfx/document.js';
export { dictionaryString } from './nbfx/static-dictionary.js';
export type { TextValue } from './nbfx/text/text-value.js';
export { isElement, type XmlElement } from './nbfx/xml.js';
export { textOfValue } from './nbfx/xml-read.js';
export { encodeCapabilitiesResponse } from './operations/capabilities.js';
export { encodeCompanyConfigurationResponse } from './operations/company-configuration.js';
export { decodeFinalizeRequest, encodeFinalizeResponse } from './operations/finalize-export.js';
export { decodeSetFeaturesRequest, encodeSetFeaturesResponse } from './operations/set-features.js';
export {
  CREDENTIAL_RESULTS,
  decodeCredentialsRequest,
  encodeCredentialsResponse,
  type CredentialResult,
  type ReceivedCredential,
} from './operations/provision-credentials.js';
export {
  decodeProvisionRequest,
  encodeProvisionResponse,
  type ProvisionOperation,
} from './operations/provision-objects.js';
export { decodeReadBackRequest, encodeReadBackResponse } from './operations/read-back.js';
