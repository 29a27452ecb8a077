import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEptMapReply, decodeEptMapRequest, encodeEptMapReply, encodeEptMapRequest } from '../epm/ept-map.js';
import { decodeTower, encodeTower } from '../epm/tower.js';
import { guidBytes, guidText } from '../names/guid.js';
import { ridOf, sidBytes, sidText } from '../names/sid.js';
import { NdrReader } from '../ndr/ndr-reader.js';
import { NdrWriter } from '../ndr/ndr-writer.js';
import { NtlmSecurityContext } from '../ntlm/ntlm-security-context.js';
import { someBytes, someGuid, someI64, someText, someU32 } from '../testing/byte-arbitraries.js';
import { CAPTURED } from '../testing/captured-conversation.js';
import { decodeBindAck, encodeBindAck } from './bind-ack-pdu.js';
import { decodeBind, encodeBind } from './bind-pdu.js';
import { decodeFault, decodeRequestPrefix, encodeFault } from './call-pdu.js';
import { decodeHeader, encodeHeader, HEADER_LENGTH } from './pdu-header.js';
import { requestFragments } from './request-fragments.js';
import { authenticatedParts, decodeSecurityTrailer, encodeSecurityTrailer } from './security-trailer.js';
import { DRSUAPI_INTERFACE } from './syntax-id.js';

const someU16 = fc.integer({ min: 0, max: 0xffff });
const someU8 = fc.integer({ min: 0, max: 0xff });
const syntax = fc.record({ uuid: someGuid, version: someU32 });

describe('PDUs of RPC', () => {
  it('survive encoding and decoding', () => {
    const header = fc.record({
      ...{ type: someU8, flags: someU8, authLength: fc.integer({ min: 0, max: 100 }), callId: someU32 },
      fragmentLength: fc.integer({ min: 124, max: 0xffff }),
    });
    const sizes = { maxTransmit: someU16, maxReceive: someU16 };
    const bind = fc.record({ ...sizes, contextId: someU16, interface: syntax });
    const ack = fc.record({ ...sizes, result: someU16, reason: someU16, transferSyntax: syntax });
    const trailer = fc.record({ authType: someU8, authLevel: someU8, padLength: someU8, contextId: someU32 });
    fc.assert(
      fc.property(header, bind, ack, trailer, someU32, (first, second, third, fourth, status) => {
        expect(decodeHeader(encodeHeader(first))).toEqual(first);
        expect(decodeBind(encodeBind(second))).toEqual(second);
        expect(decodeBindAck(encodeBindAck(third))).toEqual(third);
        expect(decodeSecurityTrailer(encodeSecurityTrailer(fourth))).toEqual(fourth);
        expect(decodeFault(encodeFault(status))).toBe(status);
      }),
    );
  });

  it('of a request are cut into sealed fragments that fit and open to the same data', () => {
    const sizes = fc.integer({ min: 100, max: 600 });
    fc.assert(
      fc.property(someBytes({ maxLength: 2000 }), sizes, (stub, maxFragment) => {
        const client = new NtlmSecurityContext(Buffer.alloc(16, 1));
        const server = new NtlmSecurityContext(Buffer.alloc(16, 1), 'server');
        const request = { callId: 3, contextId: 0, operation: 3, stub };
        const fragments = requestFragments(request, maxFragment, { context: client, authType: 10, contextId: 1 });
        const opened = fragments.map((fragment, index) => {
          const header = decodeHeader(fragment);
          expect(fragment.length).toBe(header.fragmentLength);
          expect(fragment.length).toBeLessThanOrEqual(maxFragment);
          expect(header.flags).toBe((index === 0 ? 1 : 0) | (index === fragments.length - 1 ? 2 : 0));
          const parts = authenticatedParts(fragment, header);
          if (parts === undefined) throw new Error('not sealed');
          const signed = fragment.subarray(0, parts.valueAt);
          expect(server.unseal(signed, HEADER_LENGTH + 8, parts.bodyEnd, fragment.subarray(parts.valueAt))).toBe(true);
          return fragment.subarray(HEADER_LENGTH + 8, parts.bodyEnd - parts.trailer.padLength);
        });
        expect(Buffer.concat(opened)).toEqual(stub);
        expect(decodeRequestPrefix((fragments[0] ?? stub).subarray(HEADER_LENGTH)).allocHint).toBe(stub.length);
      }),
    );
  });
});

describe('the endpoint mapper', () => {
  it('is asked and answers in messages that survive encoding and decoding', () => {
    const towers = fc.array(someBytes({ maxLength: 90 }), { maxLength: 4 });
    fc.assert(
      fc.property(someBytes({ maxLength: 90 }), towers, someU32, (tower, found, status) => {
        expect(decodeEptMapRequest(encodeEptMapRequest({ tower, maxTowers: 4 }))).toEqual({ tower, maxTowers: 4 });
        expect(decodeEptMapReply(encodeEptMapReply({ towers: found, status }))).toEqual({ towers: found, status });
      }),
    );
  });

  it('of Samba names the port of directory replication', () => {
    const { towers, status } = decodeEptMapReply(Buffer.from(CAPTURED.eptMap.reply, 'hex'));
    expect(status).toBe(0);
    expect(towers.map(decodeTower)).toContainEqual({ interface: DRSUAPI_INTERFACE, port: 49153 });
  });

  it('names ports in towers that survive encoding and decoding', () => {
    const version = fc.integer({ min: 0, max: 0xffff });
    const tower = fc.record({ interface: fc.record({ uuid: someGuid, version }), port: someU16 });
    fc.assert(
      fc.property(tower, (each) => {
        expect(decodeTower(encodeTower(each))).toEqual(each);
      }),
    );
  });
});

describe('NDR', () => {
  it('reads what it wrote, every value at its alignment', () => {
    const value = fc.oneof(
      fc.record({ kind: fc.constant('u8' as const), value: someU8 }),
      fc.record({ kind: fc.constant('u16' as const), value: someU16 }),
      fc.record({ kind: fc.constant('u32' as const), value: someU32 }),
      fc.record({ kind: fc.constant('i64' as const), value: someI64 }),
      fc.record({ kind: fc.constant('guid' as const), value: someGuid }),
      fc.record({ kind: fc.constant('wideString' as const), value: someText }),
    );
    fc.assert(
      fc.property(fc.array(value), (all) => {
        const writer = new NdrWriter();
        for (const { kind, value: each } of all) (writer[kind] as (value: unknown) => unknown)(each);
        const reader = new NdrReader(writer.done());
        expect(all.map(({ kind }) => reader[kind]())).toEqual(all.map(({ value: each }) => each));
        reader.end();
      }),
    );
  });
});

describe('names', () => {
  it('of objects and accounts survive encoding and decoding', () => {
    const parts = fc.array(someU32, { minLength: 1, maxLength: 15 });
    fc.assert(
      fc.property(someGuid, parts, (guid, numbers) => {
        expect(guidText(guidBytes(`{${guid.toUpperCase()}}`))).toBe(guid);
        const sid = sidBytes(`S-1-5-${numbers.join('-')}`);
        expect(sidText(sid)).toBe(`S-1-5-${numbers.join('-')}`);
        expect(ridOf(sid)).toBe(numbers.at(-1));
      }),
    );
  });
});
