import type { Namespace } from '../nbfx/xml.js';

/** SOAP 1.2 */
export const SOAP: Namespace = { uri: 'http://www.w3.org/2003/05/soap-envelope', prefix: 's' };
/** WS-Addressing 1.0 */
export const ADDRESSING: Namespace = { uri: 'http://www.w3.org/2005/08/addressing', prefix: 'a' };
export const ANONYMOUS = 'http://www.w3.org/2005/08/addressing/anonymous';
export const XSI: Namespace = { uri: 'http://www.w3.org/2001/XMLSchema-instance', prefix: 'i' };
export const XSD: Namespace = { uri: 'http://www.w3.org/2001/XMLSchema', prefix: 'd' };
/** Operations and the fields of the SyncToken (operations/sync-service.md section 1). */
export const CHANGE: Namespace = { uri: 'http://schemas.microsoft.com/online/aws/change/2010/01', prefix: '' };
/** Synchronized objects. */
export const OBJECTS: Namespace = { uri: 'http://schemas.microsoft.com/online/aws/change/2014/06', prefix: 'b' };
/** Credentials. */
export const CREDENTIALS: Namespace = {
  uri: 'http://schemas.datacontract.org/2004/07/Microsoft.Online.Coexistence.Schema',
  prefix: 'b',
};
/** Collections of the data contract serializer. */
export const ARRAYS: Namespace = { uri: 'http://schemas.microsoft.com/2003/10/Serialization/Arrays', prefix: 'c' };
/** The element SyncToken and its role. */
export const ADMIN: Namespace = { uri: 'urn:microsoft.online.administrativeservice', prefix: '' };

/** Action of a request; that of its answer has `Response` added. */
export const actionOf = (operation: string): string => `${CHANGE.uri}/IProvisioningWebService/${operation}`;
