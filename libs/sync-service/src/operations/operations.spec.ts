import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeDocument, encodeDocument } from '../nbfx/document.js';
import { element, type XmlElement } from '../nbfx/xml.js';
import { elementsOf } from '../nbfx/xml-read.js';
import { ARRAYS, XSI } from '../soap/namespaces.js';
import { decodeCapabilitiesResponse, encodeCapabilitiesResponse } from './capabilities.js';
import { decodeSetFeaturesRequest, encodeSetFeaturesRequest } from './set-features.js';
import { decodeFinalizeRequest, encodeFinalizeRequest } from './finalize-export.js';
import { decodeValue, encodeValue } from './property-value.js';
import {
  decodeCredentialsRequest,
  decodeCredentialsResponse,
  encodeCredentialsRequest,
  encodeCredentialsResponse,
} from './provision-credentials.js';
import { decodeProvisionRequest, encodeProvisionRequest } from './provision-objects.js';
import {
  decodeReadBackRequest,
  decodeReadBackResponse,
  encodeReadBackRequest,
  encodeReadBackResponse,
} from './read-back.js';
import type { SyncObject, SyncValue } from './sync-value.js';

const overTheWire = (node: XmlElement): XmlElement => decodeDocument(encodeDocument(node));
const text = fc.string({ unit: 'grapheme', maxLength: 60 });
const value: fc.Arbitrary<SyncValue> = fc.oneof(
  fc.record({ type: fc.constant('string' as const), value: text }),
  fc.record({ type: fc.constant('boolean' as const), value: fc.boolean() }),
  fc.record({ type: fc.constant('long' as const), value: fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }) }),
  fc.record({ type: fc.constant('binary' as const), value: fc.uint8Array({ maxLength: 300 }) }),
  fc.record({ type: fc.constant('strings' as const), values: fc.array(text, { maxLength: 4 }) }),
  fc.record({
    type: fc.constant('binaries' as const),
    values: fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 3 }),
  }),
  fc.record({
    type: fc.constant('references' as const),
    changes: fc.array(
      fc.record({
        operation: fc.constantFrom('add' as const, 'remove' as const),
        anchorKind: fc.constantFrom('cloud' as const, 'source' as const),
        anchor: fc.string({ minLength: 1, maxLength: 50 }),
      }),
      { maxLength: 4 },
    ),
  }),
  fc.constant({ type: 'nil' as const }),
);
const object: fc.Arbitrary<SyncObject> = fc.record({
  type: fc.constantFrom('User' as const, 'Group' as const, 'Contact' as const, 'Device' as const),
  operation: fc.constantFrom('Set' as const, 'Add' as const, 'Delete' as const),
  properties: fc
    .array(fc.tuple(fc.string({ minLength: 1, maxLength: 20 }), value), { maxLength: 5 })
    .map((pairs) => new Map(pairs)),
});
const objects = fc.array(object, { maxLength: 4 });

describe('messages of the sync service', () => {
  it('carry every value with its type', () => {
    fc.assert(
      fc.property(value, (one) => {
        const wrapped = element(ARRAYS, 'pair', [encodeValue(one)], { declare: [ARRAYS, XSI] });
        const [read] = elementsOf(overTheWire(wrapped));
        expect(read === undefined ? undefined : decodeValue(read)).toEqual(one);
      }),
    );
  });

  it('carry objects of an export and of a read-back', () => {
    fc.assert(
      fc.property(objects, fc.option(fc.string({ minLength: 1 }), { nil: undefined }), (list, cookie) => {
        expect(
          decodeProvisionRequest(overTheWire(encodeProvisionRequest('ProvisionAzureADSyncObjects2', list))),
        ).toEqual(list);
        const page = { objects: list, cookie, more: cookie !== undefined };
        expect(decodeReadBackResponse(overTheWire(encodeReadBackResponse(page)))).toEqual(page);
        const request = { cookie, full: cookie === undefined };
        expect(decodeReadBackRequest(overTheWire(encodeReadBackRequest(request)))).toEqual(request);
      }),
    );
  });

  it('carry credentials, the time of the change in UTC', () => {
    const item = fc.record({
      sourceAnchor: fc.string({ minLength: 1, maxLength: 30 }),
      cloudAnchor: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
      credentialData: fc.string({ minLength: 1, maxLength: 120 }),
      changeDate: fc.date({
        min: new Date('0001-01-01T00:00:00Z'),
        max: new Date('9999-12-31T00:00:00Z'),
        noInvalidDate: true,
      }),
      forcePasswordChange: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 3 }), (items) => {
        expect(decodeCredentialsRequest(overTheWire(encodeCredentialsRequest(items)))).toEqual(items);
        const results = items.map(({ sourceAnchor }, code) => ({
          code,
          information: code === 0 ? undefined : 'x',
          sourceAnchor,
        }));
        expect(decodeCredentialsResponse(overTheWire(encodeCredentialsResponse(results)), items.length)).toEqual(
          results,
        );
      }),
    );
  });

  it('refuse a time without zone: another client sent local time marked as UTC', () => {
    const request = encodeCredentialsRequest([
      { sourceAnchor: 'a', credentialData: 'x', changeDate: new Date(0), forcePasswordChange: false },
    ]);
    const broken = JSON.parse(
      JSON.stringify(request).replace('1970-01-01T00:00:00.000Z', '1970-01-01T00:00:00'),
    ) as XmlElement;
    expect(() => decodeCredentialsRequest(overTheWire(broken))).toThrow(/ChangeDate/);
  });

  it('carry versions and totals', () => {
    const versions = { latestVersion: '3.2', minimumVersion: '1.0', blockedVersions: ['1.5.29.0'] };
    expect(decodeCapabilitiesResponse(overTheWire(encodeCapabilitiesResponse(versions)))).toEqual(versions);
    const totals = { totalExported: 1010, successful: 1009 };
    expect(decodeFinalizeRequest(overTheWire(encodeFinalizeRequest(totals)))).toEqual(totals);
    expect(decodeSetFeaturesRequest(overTheWire(encodeSetFeaturesRequest(1_048_577)))).toBe(1_048_577);
  });
});
