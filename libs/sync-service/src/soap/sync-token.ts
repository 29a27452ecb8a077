import { element, type XmlElement } from '../nbfx/xml.js';
import { elementsOf, textOf } from '../nbfx/xml-read.js';
import { attribute } from '../nbfx/xml.js';
import { ADMIN, CHANGE, SOAP, XSI } from './namespaces.js';

/** Who calls: the header SyncToken of every request (operations/sync-service.md section 1). */
export interface SyncToken {
  readonly applicationId: string;
  /** Access token; the only secret of a request. */
  readonly bearerToken: string;
  readonly clientVersion: string;
  /** Sent as DirSyncBuildNumber and FIMBuildNumber. */
  readonly clientBuild: string;
  readonly trackingId: string;
}

/** Fields in the order the data contract has them. */
const FIELDS = [
  'ApplicationId',
  'BearerToken',
  'ClientVersion',
  'DirSyncBuildNumber',
  'FIMBuildNumber',
  'IsInstalledOnDC',
  'IssueDateTime',
  'LanguageId',
  'LiveToken',
  'ProtocolVersion',
  'RichCoexistenceEnabled',
  'TrackingId',
] as const;
export type SyncTokenField = (typeof FIELDS)[number];

export function encodeSyncToken(token: SyncToken): XmlElement {
  const values: Readonly<Record<SyncTokenField, string>> = {
    ApplicationId: token.applicationId,
    BearerToken: token.bearerToken,
    ClientVersion: token.clientVersion,
    DirSyncBuildNumber: token.clientBuild,
    FIMBuildNumber: token.clientBuild,
    IsInstalledOnDC: 'False',
    IssueDateTime: '0001-01-01T00:00:00',
    LanguageId: 'en-US',
    LiveToken: '',
    ProtocolVersion: '2.0',
    RichCoexistenceEnabled: 'False',
    TrackingId: token.trackingId,
  };
  return element(
    ADMIN,
    'SyncToken',
    FIELDS.map((name) => element(CHANGE, name, values[name] === '' ? [] : [values[name]], { declare: [CHANGE] })),
    { declare: [ADMIN, XSI], attributes: [attribute(SOAP, 'role', ADMIN.uri)] },
  );
}

/** The fields of a SyncToken by name; unknown ones are kept, so that a server can refuse them. */
export function decodeSyncToken(header: XmlElement): ReadonlyMap<string, string> {
  return new Map(elementsOf(header).map((field) => [field.name, textOf(field)]));
}
export const SYNC_TOKEN_FIELDS: readonly string[] = FIELDS;
