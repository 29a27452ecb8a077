import { SyncError } from '@adjoin/contracts';
import { element, type XmlElement } from '../nbfx/xml.js';
import type { ReadBackPage, ReadBackRequest } from '../client/sync-service.js';
import { CHANGE, OBJECTS, XSI } from '../soap/namespaces.js';
import { Fields, bool, optional, resultOf } from './field.js';
import { decodeObject, encodeObject } from './sync-objects.js';

/** Version 2 carries the properties that have a value only. */
const OPERATION = 'ReadBackAzureADSyncObjects2';
/**
 * Names of the cookie and of the mark for more pages in the answer. They are not public: no open client follows the cookie. The first of
 * each is what we take to be right (and what the simulator sends), the others are accepted too.
 */
const COOKIE = ['OutputCookie', 'Cookie', 'CookieString'] as const;
const MORE = ['MoreResults', 'HasMoreResults', 'More'] as const;

export function encodeReadBackRequest({ cookie, full }: ReadBackRequest): XmlElement {
  return element(
    CHANGE,
    OPERATION,
    [
      element(CHANGE, 'includeLicenseInformation', [bool(false)]),
      optional(CHANGE, 'inputCookie', cookie),
      element(CHANGE, 'isFullSync', [bool(full)]),
    ],
    { declare: [CHANGE, XSI] },
  );
}

/** @throws ADJ-EXP-3102 */
export function decodeReadBackRequest(body: XmlElement): ReadBackRequest {
  const fields = new Fields(body);
  const full = fields.boolean('isFullSync');
  if (full === undefined) throw new SyncError('ADJ-EXP-3102', 'The message has no isFullSync.');
  return { cookie: fields.text('inputCookie'), full };
}

/** Response element, for a server. */
export function encodeReadBackResponse({ objects, cookie, more }: ReadBackPage): XmlElement {
  const result = element(
    CHANGE,
    `${OPERATION}Result`,
    [
      element(OBJECTS, MORE[0], [bool(more)]),
      optional(OBJECTS, COOKIE[0], cookie),
      element(OBJECTS, 'ResultObjects', objects.map(encodeObject)),
    ],
    { declare: [OBJECTS, XSI] },
  );
  return element(CHANGE, `${OPERATION}Response`, [result], { declare: [CHANGE] });
}

/** @throws ADJ-EXP-3102 */
export function decodeReadBackResponse(response: XmlElement): ReadBackPage {
  const fields = new Fields(resultOf(OPERATION, response));
  const objects = (fields.within('ResultObjects')?.nodes('AzureADSyncObject') ?? []).map(decodeObject);
  const cookie = COOKIE.map((name) => fields.text(name)).find((text) => text !== undefined);
  const more = MORE.map((name) => fields.boolean(name)).find((value) => value !== undefined) ?? false;
  if (more && cookie === undefined)
    throw new SyncError('ADJ-EXP-3102', 'The service announces more objects without a cookie to read them with.');
  return { objects, cookie, more };
}
