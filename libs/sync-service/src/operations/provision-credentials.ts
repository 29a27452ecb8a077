import { SyncError } from '@adjoin/contracts';
import { element, type XmlElement } from '../nbfx/xml.js';
import type { CredentialItem } from '../client/sync-service.js';
import { elementsOf } from '../nbfx/xml-read.js';
import { CHANGE, CREDENTIALS, XSI } from '../soap/namespaces.js';
import { Fields, bool, optional, resultOf } from './field.js';

const OPERATION = 'ProvisionCredentials';
const ITEM = 'SyncCredentialsChangeItem';
const RESULT = 'SyncCredentialsChangeResult';

/** Fields of an item in the order of the data contract; the last two are for Entra Domain Services and always nil here. */
export const CREDENTIAL_FIELDS = [
  'ChangeDate',
  'CloudAnchor',
  'CredentialData',
  'ForcePasswordChangeOnLogon',
  'SourceAnchor',
  'WindowsLegacyCredentials',
  'WindowsSupplementalCredentials',
] as const;

/** Body of the request: all items in one call. */
export function encodeCredentialsRequest(items: readonly CredentialItem[]): XmlElement {
  const list = items.map((item) =>
    element(CREDENTIALS, ITEM, [
      element(CREDENTIALS, 'ChangeDate', [item.changeDate.toISOString()]),
      optional(CREDENTIALS, 'CloudAnchor', item.cloudAnchor),
      element(CREDENTIALS, 'CredentialData', [item.credentialData]),
      element(CREDENTIALS, 'ForcePasswordChangeOnLogon', [bool(item.forcePasswordChange)]),
      optional(CREDENTIALS, 'SourceAnchor', item.sourceAnchor),
      optional(CREDENTIALS, 'WindowsLegacyCredentials', undefined),
      optional(CREDENTIALS, 'WindowsSupplementalCredentials', undefined),
    ]),
  );
  const request = element(CHANGE, 'request', [element(CREDENTIALS, 'RequestItems', list)], {
    declare: [CREDENTIALS, XSI],
  });
  return element(CHANGE, OPERATION, [request], { declare: [CHANGE] });
}

/** An item as a server sees it: the source anchor may be missing when the cloud anchor is there. */
export interface ReceivedCredential {
  readonly sourceAnchor: string | undefined;
  readonly cloudAnchor: string | undefined;
  readonly credentialData: string;
  readonly changeDate: Date;
  readonly forcePasswordChange: boolean;
}

/** @throws ADJ-EXP-3102 for anything that is not of the exact form */
export function decodeCredentialsRequest(body: XmlElement): readonly ReceivedCredential[] {
  const items = new Fields(body).within('request')?.within('RequestItems')?.nodes(ITEM);
  if (items === undefined) throw new SyncError('ADJ-EXP-3102', 'The message has no RequestItems.');
  return items.map(decodeItem);
}

function decodeItem(node: XmlElement): ReceivedCredential {
  for (const { name, namespace } of elementsOf(node))
    if (namespace !== CREDENTIALS.uri || !(CREDENTIAL_FIELDS as readonly string[]).includes(name))
      throw new SyncError('ADJ-EXP-3102', `Unknown field ${name} in ${ITEM}.`);
  const fields = new Fields(node);
  const date = fields.required('ChangeDate');
  const changeDate = new Date(date);
  // Only a time with zone: one without would be taken for local time of the server.
  if (Number.isNaN(changeDate.getTime()) || !/(Z|[+-]\d\d:\d\d)$/.test(date))
    throw new SyncError('ADJ-EXP-3102', 'ChangeDate is not a UTC time.');
  const force = fields.boolean('ForcePasswordChangeOnLogon');
  if (force === undefined)
    throw new SyncError('ADJ-EXP-3102', `The message has no ForcePasswordChangeOnLogon in ${ITEM}.`);
  return {
    sourceAnchor: fields.text('SourceAnchor'),
    cloudAnchor: fields.text('CloudAnchor'),
    credentialData: fields.required('CredentialData'),
    changeDate,
    forcePasswordChange: force,
  };
}

/** What the service says of one item. */
export interface CredentialResult {
  /** 0 = accepted; see {@link CREDENTIAL_RESULTS}. */
  readonly code: number;
  readonly information: string | undefined;
  readonly sourceAnchor: string | undefined;
}
/** Only 0 is public knowledge; the others are assumptions that the simulator shares. An unknown code is treated like `retry`. */
export const CREDENTIAL_RESULTS = { accepted: 0, unknownUser: 1, retry: 2, refused: 3 } as const;

/** Response element, for a server. */
export function encodeCredentialsResponse(results: readonly CredentialResult[]): XmlElement {
  const list = results.map(({ code, information, sourceAnchor }) =>
    element(CREDENTIALS, RESULT, [
      optional(CREDENTIALS, 'ExtendedErrorInformation', information),
      element(CREDENTIALS, 'Result', [{ kind: 'int32', value: code }]),
      optional(CREDENTIALS, 'SourceAnchor', sourceAnchor),
    ]),
  );
  const result = element(CHANGE, `${OPERATION}Result`, [element(CREDENTIALS, 'Results', list)], {
    declare: [CREDENTIALS, XSI],
  });
  return element(CHANGE, `${OPERATION}Response`, [result], { declare: [CHANGE] });
}

/** @param count items that were sent. @throws ADJ-EXP-3102 when there is not one result for each */
export function decodeCredentialsResponse(response: XmlElement, count: number): readonly CredentialResult[] {
  const results = new Fields(resultOf(OPERATION, response)).within('Results')?.nodes(RESULT) ?? [];
  if (results.length !== count)
    throw new SyncError('ADJ-EXP-3102', `${OPERATION} answered ${results.length} results for ${count} items.`);
  return results.map((node) => {
    const fields = new Fields(node);
    const code = fields.integer('Result');
    if (code === undefined) throw new SyncError('ADJ-EXP-3102', `The message has no Result in ${RESULT}.`);
    return { code, information: fields.text('ExtendedErrorInformation'), sourceAnchor: fields.text('SourceAnchor') };
  });
}
