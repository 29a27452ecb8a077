import { DRSUAPI_INTERFACE } from '../dcerpc/syntax-id.js';
import { ATTRIBUTE_OIDS, attributeSet } from '../drsuapi/attribute-set.js';
import { decodeCrackNamesRequest, encodeCrackNamesReply } from '../drsuapi/crack-names.js';
import { encodeDomainControllerInfoReply } from '../drsuapi/domain-controller-info.js';
import { decodeDrsBindRequest, DRS_OPERATIONS, encodeDrsBindReply } from '../drsuapi/drs-bind.js';
import { encryptPayload } from '../drsuapi/encrypted-payload.js';
import { encodeGetChangesReply, EXTENDED_SUCCESS } from '../drsuapi/get-changes-reply.js';
import { decodeGetChangesRequest, type GetChangesRequest } from '../drsuapi/get-changes-request.js';
import { wrapNtHash } from '../drsuapi/nt-hash.js';
import type { ObjectUpdate } from '../drsuapi/object-update.js';
import { PrefixTable } from '../drsuapi/prefix-table.js';
import { encodeEptMapReply, EPT_MAP } from '../epm/ept-map.js';
import { EPM_PORT } from '../epm/find-drsuapi-port.js';
import { encodeTower } from '../epm/tower.js';
import { NULL_GUID } from '../names/guid.js';
import { sidBytes } from '../names/sid.js';
import type { OpenChannel } from '../transport/byte-channel.js';
import { FakeRpcServer, type FakeOperation, type FakeRpcOptions } from './fake-rpc-server.js';
import type { FakeAccount } from './fake-ntlm-server.js';

export const FAKE_ACCOUNT: FakeAccount = { domain: 'CORP', user: 'hash', password: 'Päss-1' };
export const FAKE_LOGIN = { ...FAKE_ACCOUNT, host: 'dc1.corp.test' };
const DRSUAPI_PORT = 49153;
const INVOCATION_ID = '0a0a0a0a-0000-0000-0000-000000000001';
const DSA_GUID = '0b0b0b0b-0000-0000-0000-000000000001';
const CHANGED_AT = 13_400_000_000n;
const WANTED = attributeSet(Object.values(ATTRIBUTE_OIDS));
const TYPES = new Map(WANTED.types.map((type) => [new PrefixTable(WANTED.prefixes).oid(type), type]));

/** An account of the fake directory; its number is its USN, its RID is 1000 more. */
export interface FakeUser {
  readonly number: number;
  readonly hash: Buffer;
  /** Leave the SID out. */
  readonly withoutSid?: boolean | undefined;
  /** Damage the encrypted hash. */
  readonly damaged?: boolean | undefined;
}

export interface FakeDirectory extends Partial<FakeRpcOptions> {
  readonly users?: readonly FakeUser[] | undefined;
  readonly pageObjects?: number | undefined;
  readonly extensionFlags?: number | undefined;
  /** Epoch after a domain rename: with another one changes are refused. */
  readonly epoch?: number | undefined;
  readonly extendedResult?: number | undefined;
  readonly noDrsuapi?: boolean | undefined;
  /** Called before an answer to a request for changes is made. */
  readonly onChanges?: ((request: GetChangesRequest, stub: Buffer) => void) | undefined;
  /** Answers in place of the usual ones. */
  readonly replaced?: Partial<Record<keyof typeof DRS_OPERATIONS, FakeOperation>> | undefined;
}

export const guidOf = (number: number): string => `0c0c0c0c-0000-0000-0000-${number.toString(16).padStart(12, '0')}`;
export const fakeUsers = (count: number): FakeUser[] =>
  Array.from({ length: count }, (_, index) => ({ number: index + 1, hash: Buffer.alloc(16, index + 1) }));

/** A domain controller in memory: endpoint mapper and drsuapi, NTLM login, pages by USN, single objects. */
export function fakeDomainController(directory: FakeDirectory = {}): OpenChannel {
  return (_, port) => {
    const server =
      port === EPM_PORT
        ? new FakeRpcServer({
            operations: (operation) => (operation === EPT_MAP ? () => eptMap(directory) : undefined),
          })
        : new FakeRpcServer({ account: FAKE_ACCOUNT, ...directory, operations: operationsOf(directory) });
    return Promise.resolve(server.channel);
  };
}

function eptMap({ noDrsuapi }: FakeDirectory): Buffer {
  if (noDrsuapi === true) return encodeEptMapReply({ towers: [], status: 0x16c9a0d6 });
  return encodeEptMapReply({ towers: [encodeTower({ interface: DRSUAPI_INTERFACE, port: DRSUAPI_PORT })], status: 0 });
}

function operationsOf(directory: FakeDirectory): (operation: number) => FakeOperation | undefined {
  let boundWith = 0;
  const usual: Record<keyof typeof DRS_OPERATIONS, FakeOperation> = {
    bind: (stub) => {
      boundWith = decodeDrsBindRequest(stub).extensions.replicationEpoch;
      const extensions = {
        flags: directory.extensionFlags ?? 0x2fffff6f,
        siteGuid: NULL_GUID,
        replicationEpoch: directory.epoch ?? 0,
      };
      return encodeDrsBindReply({ extensions, handle: Buffer.alloc(20, 5), status: 0 });
    },
    unbind: () => Buffer.alloc(24),
    crackNames: (stub) => {
      const found = decodeCrackNamesRequest(stub).names.map((name) => ({ status: 0, domain: 'corp.test', name }));
      return encodeCrackNamesReply({ names: found, status: 0 });
    },
    domainControllerInfo: () => {
      const names = { netbiosName: 'DC1', dnsName: 'dc1.corp.test', siteName: 'Site' };
      const flags = { isPdc: true, isEnabled: true, isGlobalCatalog: true };
      const controllers = [{ ...names, ...flags, computerGuid: DSA_GUID, dsaGuid: DSA_GUID }];
      return encodeDomainControllerInfoReply({ controllers, status: 0 });
    },
    getNcChanges: (stub, sessionKey) => {
      if (boundWith !== (directory.epoch ?? 0))
        return Buffer.concat([Buffer.alloc(12), Buffer.from('91210000', 'hex')]);
      const request = decodeGetChangesRequest(stub);
      directory.onChanges?.(request, stub);
      return changes(directory, request, sessionKey);
    },
  };
  const all = { ...usual, ...directory.replaced };
  const names = Object.keys(DRS_OPERATIONS) as (keyof typeof DRS_OPERATIONS)[];
  const byNumber = new Map(names.map((name) => [DRS_OPERATIONS[name] as number, all[name]]));
  return (operation) => byNumber.get(operation);
}

function changes(directory: FakeDirectory, request: GetChangesRequest, sessionKey: Buffer): Buffer {
  const users = directory.users ?? [];
  const single = request.extendedOperation !== 0;
  const behind = single
    ? users.filter(({ number }) => guidOf(number) === request.namingContext.guid)
    : users.filter(({ number }) => BigInt(number) > request.from.highObjectUpdate);
  const page = behind.slice(0, directory.pageObjects ?? 1000);
  const last = BigInt(page.at(-1)?.number ?? 0);
  const highObjectUpdate = last > request.from.highObjectUpdate ? last : request.from.highObjectUpdate;
  const more = page.length < behind.length;
  const reply = {
    ...{ sourceDsa: DSA_GUID, invocationId: INVOCATION_ID, namingContext: request.namingContext, from: request.from },
    to: { highObjectUpdate, reserved: 0n, highPropertyUpdate: more ? 0n : highObjectUpdate },
    upToDate: more ? undefined : [{ dsa: INVOCATION_ID, usn: highObjectUpdate }],
    ...{ prefixes: WANTED.prefixes, extendedResult: single ? (directory.extendedResult ?? EXTENDED_SUCCESS) : 0, more },
    objects: page.map((user) => update(user, sessionKey)),
  };
  return encodeGetChangesReply(reply, [], single && page.length === 0 ? 8439 : 0);
}

function update({ number, hash, withoutSid, damaged }: FakeUser, sessionKey: Buffer): ObjectUpdate {
  const sid = sidBytes(`S-1-5-21-1-2-3-${String(1000 + number)}`);
  const secret = encryptPayload(sessionKey, Buffer.alloc(16, number), wrapNtHash(hash, 1000 + number));
  if (damaged === true) secret[20] = (secret[20] ?? 0) ^ 1;
  const control = Buffer.from([0, 2, 0, 0]);
  const attributes = [
    { type: typeOf('userAccountControl'), values: [control] },
    { type: typeOf('unicodePwd'), values: [secret] },
  ];
  const stamp = { version: 1, changedAt: CHANGED_AT, originatingDsa: INVOCATION_ID, originatingUsn: BigInt(number) };
  return {
    name: {
      guid: guidOf(number),
      sid: withoutSid === true ? Buffer.alloc(0) : sid,
      dn: `CN=user${String(number)},DC=corp,DC=test`,
    },
    ...{ attributes, isNamingContext: false, parentGuid: undefined, stamps: attributes.map(() => stamp) },
  };
}

function typeOf(name: keyof typeof ATTRIBUTE_OIDS): number {
  return TYPES.get(ATTRIBUTE_OIDS[name]) ?? 0;
}
