import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NdrReader } from '../ndr/ndr-reader.js';
import { NdrWriter } from '../ndr/ndr-writer.js';
import { someBytes, someGuid, someI64, someText, someU32 } from '../testing/byte-arbitraries.js';
import { CAPTURED, CAPTURED_NT_HASH } from '../testing/captured-conversation.js';
import { ATTRIBUTE_OIDS, attributeSet } from './attribute-set.js';
import * as crack from './crack-names.js';
import * as info from './domain-controller-info.js';
import { decodeDrsBindReply, decodeDrsBindRequest, encodeDrsBindReply, encodeDrsBindRequest } from './drs-bind.js';
import { readDsName, writeDsName } from './ds-name.js';
import { decryptPayload, encryptPayload } from './encrypted-payload.js';
import { decodeGetChangesReply, encodeGetChangesReply } from './get-changes-reply.js';
import { decodeGetChangesRequest, encodeGetChangesRequest } from './get-changes-request.js';
import { unwrapNtHash, wrapNtHash } from './nt-hash.js';
import { oidBytes, oidText } from './object-identifier.js';
import { PrefixTable } from './prefix-table.js';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const HANDLE = Buffer.alloc(20, 9);

const dsName = fc.record({ guid: someGuid, sid: someBytes({ maxLength: 28 }), dn: someText });
const usnVector = fc.record({ highObjectUpdate: someI64, reserved: someI64, highPropertyUpdate: someI64 });
const cursors = fc.uniqueArray(fc.record({ dsa: someGuid, usn: someI64 }), {
  maxLength: 5,
  selector: ({ dsa }) => dsa,
});
const stamp = fc.record({ version: someU32, changedAt: someI64, originatingDsa: someGuid, originatingUsn: someI64 });
const values = fc.array(someBytes({ maxLength: 30 }), { maxLength: 3 });
const objectUpdate = fc.record({
  name: fc.option(dsName, { nil: undefined }),
  attributes: fc.array(fc.record({ type: someU32, values }), { maxLength: 4 }),
  isNamingContext: fc.boolean(),
  parentGuid: fc.option(someGuid, { nil: undefined }),
  stamps: fc.array(stamp, { maxLength: 4 }),
});
const prefixes = fc.array(fc.record({ index: someU32, prefix: someBytes({ maxLength: 10 }) }), { maxLength: 4 });
const reply = fc.record({
  sourceDsa: someGuid,
  invocationId: someGuid,
  namingContext: fc.option(dsName, { nil: undefined }),
  ...{ from: usnVector, to: usnVector, upToDate: fc.option(cursors, { nil: undefined }), prefixes },
  extendedResult: someU32,
  objects: fc.array(objectUpdate, { maxLength: 5 }),
  more: fc.boolean(),
});
const link = fc.record({
  object: dsName,
  attribute: someU32,
  value: someBytes({ maxLength: 40 }),
  isPresent: fc.boolean(),
  stamp,
});

describe('messages of directory replication', () => {
  it('a reply with changes survives encoding and decoding, with any number of link values behind it', () => {
    fc.assert(
      fc.property(reply, fc.array(link, { maxLength: 4 }), (message, links) => {
        const decoded = decodeGetChangesReply(encodeGetChangesReply(message, links, 0));
        expect(decoded).toEqual({ ...message, linkValueCount: links.length });
      }),
    );
  });

  it('a request for changes survives encoding and decoding in both versions', () => {
    const request = fc.record({
      ...{ destinationDsa: someGuid, invocationId: someGuid, namingContext: dsName, from: usnVector },
      upToDate: fc.constant(undefined),
      ...{ options: someU32, maxObjects: someU32, maxBytes: someU32, extendedOperation: someU32 },
      attributes: fc.constant(attributeSet(Object.values(ATTRIBUTE_OIDS))),
    });
    fc.assert(
      fc.property(request, fc.constantFrom(8 as const, 10 as const), (message, version) => {
        expect(decodeGetChangesRequest(encodeGetChangesRequest(HANDLE, version, message))).toEqual(message);
      }),
    );
  });

  it('sends up-to-dateness cursors in the order of their bytes', () => {
    const of = (first: string): string => `${first}-0000-0000-0000-000000000000`;
    const dsas = [of('00000002'), of('01000000'), of('00000100')];
    const request = decodeGetChangesRequest(hex(CAPTURED.changes.request));
    const upToDate = dsas.map((dsa) => ({ dsa, usn: 1n }));
    const sent = decodeGetChangesRequest(encodeGetChangesRequest(HANDLE, 10, { ...request, upToDate }));
    expect(sent.upToDate?.map(({ dsa }) => dsa)).toEqual([of('01000000'), of('00000100'), of('00000002')]);
  });

  it('names, domain controllers and the opening of a session survive encoding and decoding', () => {
    const optional = fc.option(someText, { nil: undefined });
    const names = fc.array(fc.record({ status: someU32, domain: optional, name: optional }), { maxLength: 4 });
    const controllers = fc.array(
      fc.record({
        ...{ netbiosName: optional, dnsName: optional, siteName: optional },
        ...{ isPdc: fc.boolean(), isEnabled: fc.boolean(), isGlobalCatalog: fc.boolean() },
        ...{ computerGuid: someGuid, dsaGuid: someGuid },
      }),
      { maxLength: 4 },
    );
    const extensions = fc.record({ flags: someU32, siteGuid: someGuid, replicationEpoch: someU32 });
    fc.assert(
      fc.property(names, controllers, extensions, someU32, someGuid, (resolved, found, offer, status, client) => {
        expect(crack.decodeCrackNamesReply(crack.encodeCrackNamesReply({ names: resolved, status }))).toEqual({
          names: resolved,
          status,
        });
        expect(
          info.decodeDomainControllerInfoReply(info.encodeDomainControllerInfoReply({ controllers: found, status })),
        ).toEqual({ controllers: found, status });
        expect(decodeDrsBindRequest(encodeDrsBindRequest({ client, extensions: offer }))).toEqual({
          client,
          extensions: offer,
        });
        expect(decodeDrsBindReply(encodeDrsBindReply({ extensions: offer, handle: HANDLE, status }))).toEqual({
          extensions: offer,
          handle: HANDLE,
          status,
        });
      }),
    );
    fc.assert(
      fc.property(fc.array(someText, { maxLength: 4 }), someText, (wanted, domain) => {
        const request = { offered: 1, desired: 6, names: wanted };
        expect(crack.decodeCrackNamesRequest(crack.encodeCrackNamesRequest(HANDLE, request))).toEqual(request);
        const asked = info.encodeDomainControllerInfoRequest(HANDLE, domain);
        expect(info.decodeDomainControllerInfoRequest(asked)).toBe(domain);
      }),
    );
  });

  it('an object name survives encoding and decoding', () => {
    fc.assert(
      fc.property(dsName, (name) => {
        expect(readDsName(new NdrReader(writeDsName(new NdrWriter(), name).done()))).toEqual(name);
      }),
    );
  });
});

describe('replies of Samba', () => {
  const changes = decodeGetChangesReply(hex(CAPTURED.changes.reply));
  const table = new PrefixTable(changes.prefixes);

  it('open a session', () => {
    const { extensions, status } = decodeDrsBindReply(hex(CAPTURED.drsBind.reply));
    expect({ flags: extensions?.flags, status }).toEqual({ flags: 0x2fffff6f, status: 0 });
  });

  it('list the domain controllers', () => {
    const { controllers } = info.decodeDomainControllerInfoReply(hex(CAPTURED.domainControllerInfo.reply));
    expect(controllers).toMatchObject([{ netbiosName: 'DC1', dnsName: 'dc1.corp.test', isPdc: true, isEnabled: true }]);
  });

  it('resolve names', () => {
    const { names } = crack.decodeCrackNamesReply(hex(CAPTURED.crackNames.reply));
    expect(names.map(({ status, domain }) => ({ status, domain }))).toEqual([
      { status: 0, domain: 'corp.test' },
      { status: 2, domain: undefined },
    ]);
  });

  it('carry the changed object and read past the changed membership', () => {
    expect(changes.objects.map(({ name }) => name?.dn)).toEqual(['CN=drs vector,CN=Users,DC=corp,DC=test']);
    expect(changes.linkValueCount).toBe(1);
    expect(changes.more).toBe(false);
    const oids = changes.objects[0]?.attributes.map(({ type }) => table.oid(type));
    expect(oids).toEqual([ATTRIBUTE_OIDS.unicodePwd, ATTRIBUTE_OIDS.pwdLastSet, ATTRIBUTE_OIDS.msDsConsistencyGuid]);
  });

  it('carry the hash under the session key and the relative identifier', () => {
    const [object] = changes.objects;
    const secret = object?.attributes.find(({ type }) => table.oid(type) === ATTRIBUTE_OIDS.unicodePwd)?.values[0];
    const rid = object?.name?.sid.readUInt32LE(24) ?? 0;
    const wrapped = decryptPayload(hex(CAPTURED.sessionKey), secret ?? Buffer.alloc(0));
    expect(unwrapNtHash(wrapped, rid).toString('hex')).toBe(CAPTURED_NT_HASH);
  });

  it('are answered the same whether a request is made here or was captured', () => {
    const request = hex(CAPTURED.object.request);
    const again = encodeGetChangesRequest(request.subarray(0, 20), 10, decodeGetChangesRequest(request));
    expect(again).toEqual(request);
  });
});

describe('a refused or foreign reply', () => {
  const stub = (version: number, status: number): Buffer => {
    const bytes = hex(CAPTURED.changes.reply);
    bytes.writeUInt32LE(version, 0);
    bytes.writeUInt32LE(status, bytes.length - 4);
    return bytes;
  };
  it.each([
    ['the missing right', stub(6, 8453), 'ADJ-PHS-7003'],
    ['the wrong attribute set', stub(6, 87), 'ADJ-PHS-7004'],
    ['a missing naming context', stub(6, 8440), 'ADJ-PHS-7012'],
    ['any other error', stub(6, 8456), 'ADJ-PHS-7011'],
    ['version 1', stub(1, 0), 'ADJ-PHS-7009'],
    ['version 7, compressed', stub(7, 0), 'ADJ-PHS-7009'],
    ['version 9', stub(9, 0), 'ADJ-PHS-7009'],
    ['a cut reply', stub(6, 0).subarray(0, 200), 'ADJ-PHS-7007'],
  ])('says %s by its code', (_, bytes, code) => {
    if (code === 'ADJ-PHS-7007') bytes.writeUInt32LE(0, bytes.length - 4);
    expect(() => decodeGetChangesReply(bytes)).toThrow(expect.objectContaining({ code }) as Error);
  });
});

describe('attribute types', () => {
  it('translate to object identifiers by the table that was made for them', () => {
    const oids = ['1.2.840.113556.1.4.7000.102.50730', '2.5.4.0', '1.2.840.113556.1.4.127', '1.2.840.113556.1.4.128'];
    const { types, prefixes: table } = attributeSet([...oids, ...Object.values(ATTRIBUTE_OIDS)]);
    const translate = new PrefixTable(table);
    expect(new Set(types.map((type) => translate.oid(type)))).toEqual(
      new Set([...oids, ...Object.values(ATTRIBUTE_OIDS)]),
    );
    expect(types).toEqual([...types].sort((a, b) => a - b));
  });

  it('come with schema information at the end of the table', () => {
    expect(attributeSet(['2.5.4.0']).prefixes.at(-1)?.prefix.toString('hex')).toBe(`ff${'00'.repeat(20)}`);
  });

  it('have the numbers that every Active Directory uses with its usual table', () => {
    const usual = new PrefixTable([{ index: 9, prefix: hex('2a864886f7140104') }]);
    expect(usual.oid(0x9005a)).toBe(ATTRIBUTE_OIDS.unicodePwd);
    expect(usual.oid(0x90550)).toBe(ATTRIBUTE_OIDS.msDsConsistencyGuid);
  });

  it('of any object identifier survive', () => {
    const oid = fc.tuple(fc.integer({ min: 0, max: 39 }), fc.array(fc.nat(), { maxLength: 6 }));
    fc.assert(
      fc.property(oid, fc.integer({ min: 0, max: 2 }), ([second, rest], top) => {
        const text = [top, second, ...rest].join('.');
        expect(oidText(oidBytes(text))).toBe(text);
      }),
    );
  });
});

describe('a replicated secret', () => {
  it('survives encryption and decryption', () => {
    const key = someBytes({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(key, key, key, someU32, (sessionKey, salt, hash, rid) => {
        const payload = encryptPayload(sessionKey, salt, wrapNtHash(hash, rid));
        expect(unwrapNtHash(decryptPayload(sessionKey, payload), rid)).toEqual(hash);
      }),
    );
  });

  it('that was changed or is too short is refused', () => {
    const payload = encryptPayload(Buffer.alloc(16, 1), Buffer.alloc(16, 2), Buffer.alloc(16, 3));
    const changed = Buffer.from(payload);
    changed[30] = (changed[30] ?? 0) ^ 1;
    const refused = expect.objectContaining({ code: 'ADJ-PHS-7010' }) as Error;
    expect(() => decryptPayload(Buffer.alloc(16, 1), changed)).toThrow(refused);
    expect(() => decryptPayload(Buffer.alloc(16, 9), payload)).toThrow(refused);
    expect(() => decryptPayload(Buffer.alloc(16, 1), payload.subarray(0, 19))).toThrow(refused);
    expect(() => unwrapNtHash(Buffer.alloc(15), 500)).toThrow(refused);
  });
});
