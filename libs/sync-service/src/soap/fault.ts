import { attribute, element, type XmlElement } from '../nbfx/xml.js';
import { childNamed, elementsOf, textOf } from '../nbfx/xml-read.js';
import { CHANGE, SOAP } from './namespaces.js';

/** A SOAP fault of the service. */
export interface Fault {
  /** Where to send the call instead (BindingRedirectionFault). */
  readonly redirect: string | undefined;
  /** ErrorCode of the detail, e.g. `90` (password synchronization is not activated). */
  readonly errorCode: string | undefined;
  /** Reason or ErrorDescription, for people. */
  readonly description: string;
}

export const isFault = (body: XmlElement): boolean => body.name === 'Fault' && body.namespace === SOAP.uri;

/** Reads a fault. The details are found by name whatever their namespace: it is not public. */
export function decodeFault(fault: XmlElement): Fault {
  const detail = childNamed(fault, SOAP, 'Detail');
  const reason = childNamed(fault, SOAP, 'Reason');
  const texts = reason === undefined ? [] : elementsOf(reason).map(textOf);
  const redirection = detail === undefined ? undefined : find(detail, 'BindingRedirectionFault');
  const url = redirection === undefined ? undefined : find(redirection, 'Url');
  const code = detail === undefined ? undefined : find(detail, 'ErrorCode');
  const description = detail === undefined ? undefined : find(detail, 'ErrorDescription');
  return {
    redirect: url === undefined ? undefined : textOf(url),
    errorCode: code === undefined ? undefined : textOf(code),
    description: description === undefined ? (texts[0] ?? 'no reason given') : textOf(description),
  };
}

function find(within: XmlElement, name: string): XmlElement | undefined {
  for (const child of elementsOf(within)) {
    const found = child.name === name ? child : find(child, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A fault for a server to send. */
export function encodeFault(fault: { readonly reason: string; readonly detail: XmlElement }): XmlElement {
  const xml = { uri: 'http://www.w3.org/XML/1998/namespace', prefix: 'xml' };
  return element(SOAP, 'Fault', [
    element(SOAP, 'Code', [element(SOAP, 'Value', ['s:Receiver'])]),
    element(SOAP, 'Reason', [element(SOAP, 'Text', [fault.reason], { attributes: [attribute(xml, 'lang', 'en-US')] })]),
    element(SOAP, 'Detail', [fault.detail]),
  ]);
}

export const redirectionDetail = (url: string): XmlElement =>
  element(CHANGE, 'BindingRedirectionFault', [element(CHANGE, 'Url', [url])], { declare: [CHANGE] });

export function errorDetail(code: string, description: string, trackingId: string): XmlElement {
  return element(
    CHANGE,
    'AdminWebServiceFault',
    [
      element(CHANGE, 'ErrorCode', [code]),
      element(CHANGE, 'ErrorDescription', [description]),
      element(CHANGE, 'TrackingId', [trackingId]),
    ],
    { declare: [CHANGE] },
  );
}
