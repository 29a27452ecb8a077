import { SyncError } from '@adjoin/contracts';
import { decodeDocument, encodeDocument } from '../nbfx/document.js';
import { dictionaryId } from '../nbfx/static-dictionary.js';
import { attribute, element, type XmlElement } from '../nbfx/xml.js';
import type { TextValue } from '../nbfx/text/text-value.js';
import { childNamed, elementsOf, requiredChild, textOf } from '../nbfx/xml-read.js';
import { ADDRESSING, ADMIN, ANONYMOUS, SOAP, actionOf } from './namespaces.js';
import { decodeSyncToken, encodeSyncToken, type SyncToken } from './sync-token.js';

export const CONTENT_TYPE = 'application/soap+msbin1';

export interface SoapRequest {
  readonly operation: string;
  /** UUID; the answer relates to it. */
  readonly messageId: string;
  readonly to: string;
  readonly token: SyncToken;
  readonly body: XmlElement;
}

/** SOAP 1.2 with WS-Addressing 1.0 in .NET binary XML. */
export function encodeRequest({ operation, messageId, to, token, body }: SoapRequest): Uint8Array {
  const header = [
    understood('Action', { kind: 'chars', value: actionOf(operation) }),
    encodeSyncToken(token),
    element(ADDRESSING, 'MessageID', [{ kind: 'uniqueid', value: messageId }]),
    element(ADDRESSING, 'ReplyTo', [element(ADDRESSING, 'Address', [constant(ANONYMOUS)])]),
    understood('To', { kind: 'chars', value: to }),
  ];
  return encodeDocument(envelope(header, [body]));
}

function constant(text: string): TextValue {
  const id = dictionaryId(text);
  return id === undefined ? { kind: 'chars', value: text } : { kind: 'dictionary', id };
}

const understood = (name: string, value: TextValue): XmlElement =>
  element(ADDRESSING, name, [value], { attributes: [attribute(SOAP, 'mustUnderstand', { kind: 'one' })] });

function envelope(header: readonly XmlElement[], body: readonly XmlElement[]): XmlElement {
  return element(SOAP, 'Envelope', [element(SOAP, 'Header', header), element(SOAP, 'Body', body)], {
    declare: [SOAP, ADDRESSING],
  });
}

/** A request as a server sees it. */
export interface ReceivedRequest {
  /** Last part of the action; the action itself is checked. */
  readonly operation: string;
  readonly messageId: string;
  readonly to: string;
  /** Fields of the SyncToken by name. */
  readonly token: ReadonlyMap<string, string>;
  readonly body: XmlElement;
}

/** @throws ADJ-EXP-3102 */
export function decodeRequest(bytes: Uint8Array): ReceivedRequest {
  const { header, body } = open(bytes);
  if (header === undefined) throw new SyncError('ADJ-EXP-3102', 'The message has no header.');
  const action = textOf(requiredChild(header, ADDRESSING, 'Action'));
  const operation = action.slice(action.lastIndexOf('/') + 1);
  if (action !== actionOf(operation)) throw new SyncError('ADJ-EXP-3102', `Unknown action ${action}.`);
  return {
    operation,
    messageId: textOf(requiredChild(header, ADDRESSING, 'MessageID')).replace(/^urn:uuid:/, ''),
    to: textOf(requiredChild(header, ADDRESSING, 'To')),
    token: decodeSyncToken(requiredChild(header, ADMIN, 'SyncToken')),
    body,
  };
}

/** The answer to a request, for a server. */
export function encodeReply(operation: string, relatesTo: string, body: XmlElement): Uint8Array {
  const header = [
    understood('Action', { kind: 'chars', value: `${actionOf(operation)}Response` }),
    element(ADDRESSING, 'RelatesTo', [{ kind: 'chars', value: `urn:uuid:${relatesTo}` }]),
  ];
  return encodeDocument(envelope(header, [body]));
}

/** A fault instead of an answer, for a server. */
export function encodeFaultReply(fault: XmlElement): Uint8Array {
  const action = constant('http://www.w3.org/2005/08/addressing/soap/fault');
  return encodeDocument(envelope([understood('Action', action)], [fault]));
}

/** What is in the body of an answer: the response element or a fault. @throws ADJ-EXP-3102 */
export const decodeReply = (bytes: Uint8Array): XmlElement => open(bytes).body;

function open(bytes: Uint8Array): { readonly header: XmlElement | undefined; readonly body: XmlElement } {
  const root = decodeDocument(bytes);
  if (root.name !== 'Envelope' || root.namespace !== SOAP.uri)
    throw new SyncError('ADJ-EXP-3102', `Not a SOAP 1.2 envelope: ${root.name} of ${root.namespace}.`);
  const [body, ...others] = elementsOf(requiredChild(root, SOAP, 'Body'));
  if (body === undefined || others.length > 0)
    throw new SyncError('ADJ-EXP-3102', 'The body of the message must hold one element.');
  return { header: childNamed(root, SOAP, 'Header'), body };
}
