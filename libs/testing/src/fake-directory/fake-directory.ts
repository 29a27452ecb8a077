import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { childrenOf, integer, integerOf, octets, readTlv, textOf, tlv, type Tlv } from './ber.js';
import { DirectoryAnswers, guidToBytes, type FakeBehaviour } from './directory-answers.js';
import { DirectoryState } from './directory-state.js';

/** Attributes of the fake schema: name, attributeSyntax, single-valued, linkID. */
const SCHEMA: readonly (readonly [string, string, boolean, number?])[] = [
  ['objectClass', '2.5.5.2', false],
  ['objectGUID', '2.5.5.10', true],
  ['parentGUID', '2.5.5.10', true],
  ['name', '2.5.5.12', true],
  ['displayName', '2.5.5.12', true],
  ['mail', '2.5.5.12', true],
  ['sAMAccountName', '2.5.5.12', true],
  ['userPrincipalName', '2.5.5.12', true],
  ['title', '2.5.5.12', true],
  ['isCriticalSystemObject', '2.5.5.8', true],
  ['pwdLastSet', '2.5.5.16', true],
  ['isDeleted', '2.5.5.8', true],
  ['userAccountControl', '2.5.5.9', true],
  ['groupType', '2.5.5.9', true],
  ['member', '2.5.5.1', false, 2],
  ['manager', '2.5.5.1', true, 42],
];

/**
 * A domain controller in memory for what the local Samba cannot do: DirSync in pages, ranges of values, connections that are cut in
 * the middle of an answer, lost rights, a replaced database. Speaks LDAP without TLS on a loopback port; any password but `wrong` is taken.
 */
export class FakeDirectory {
  readonly state: DirectoryState;
  readonly behaviour: FakeBehaviour = {
    dirSyncPage: 1000,
    maxValues: 1500,
    mayReplicate: true,
    hidden: () => false,
    invocationId: randomUUID(),
    showsDeleted: true,
    refuses: () => 0,
    referrals: [],
    vendor: undefined,
    beforeDirSync: () => undefined,
    dirSyncFilters: [],
  };
  /** Answers to searches sent so far: entries and results. */
  sent = 0;
  /** Searches received, as base and attributes asked for. */
  readonly searches: { readonly base: string; readonly entries: number }[] = [];
  /** The connection is cut instead of sending the message of this number (from {@link sent}); undefined: never. */
  cutAt: number | undefined;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #answers: DirectoryAnswers;

  private constructor(domain: string, state = new DirectoryState(domain)) {
    this.state = state;
    this.#answers = new DirectoryAnswers(this.state, this.behaviour, () => this.#fixed());
    this.#server = createServer((socket) => this.#serve(socket));
  }

  /** With `state` a second domain controller of a domain, which has replicated everything at once. */
  static async start(domain = 'DC=fake,DC=test', state?: DirectoryState): Promise<FakeDirectory> {
    const directory = new FakeDirectory(domain, state);
    directory.#server.listen(0, '127.0.0.1');
    await once(directory.#server, 'listening');
    return directory;
  }

  get url(): string {
    const address = this.#server.address();
    return `ldap://127.0.0.1:${String(typeof address === 'object' && address !== null ? address.port : 0)}`;
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #serve(socket: Socket): void {
    let waiting = Buffer.alloc(0);
    socket.setNoDelay(true);
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.on('data', (data: Buffer) => {
      waiting = Buffer.concat([waiting, data]);
      for (let read = readTlv(waiting); read !== undefined; read = readTlv(waiting)) {
        waiting = waiting.subarray(read.next);
        this.#answer(socket, read.tlv);
      }
    });
  }

  #answer(socket: Socket, message: Tlv): void {
    const [id, operation, controls] = childrenOf(message);
    if (id === undefined || operation === undefined) return;
    const reply = (body: Buffer, trailer: readonly Buffer[] = []): Buffer =>
      tlv(0x30, integer(integerOf(id)), body, ...trailer);
    if (operation.tag === 0x42) socket.end();
    if (operation.tag === 0x60) {
      const password = textOf(childrenOf(operation)[2]);
      socket.write(reply(result(0x61, password === 'wrong' ? 49 : 0)));
    }
    if (operation.tag !== 0x63) return;
    const answer = this.#answers.search(operation, controlsOf(controls));
    let entries = 0;
    for (const entry of answer.entries) {
      entries += 1;
      if (!this.#send(socket, reply(entry))) return;
    }
    this.searches.push({ base: textOf(childrenOf(operation)[0]), entries });
    const trailer = answer.controls.length === 0 ? [] : [tlv(0xa0, ...answer.controls)];
    this.#send(socket, reply(result(0x65, answer.status), trailer));
  }

  #send(socket: Socket, message: Buffer): boolean {
    if (this.cutAt === this.sent) {
      this.cutAt = undefined;
      // What was written before still arrives, as with a connection that breaks between two packets.
      socket.end();
      return false;
    }
    this.sent += 1;
    socket.write(message);
    return true;
  }

  #fixed(): { readonly dn: string; readonly attributes: Readonly<Record<string, readonly (string | Buffer)[]>> }[] {
    const configuration = `CN=Configuration,${this.state.domain}`;
    const schema = `CN=Schema,${configuration}`;
    const service = `CN=NTDS Settings,CN=DC1,CN=Servers,CN=Site,CN=Sites,${configuration}`;
    const root = {
      defaultNamingContext: [this.state.domain],
      namingContexts: [this.state.domain, configuration, schema],
      schemaNamingContext: [schema],
      configurationNamingContext: [configuration],
      dsServiceName: [service],
      dnsHostName: ['dc1.fake.test'],
      highestCommittedUSN: [String(this.state.usn)],
      supportedControl: ['1.2.840.113556.1.4.841', '1.2.840.113556.1.4.319', '1.2.840.113556.1.4.529'],
      domainFunctionality: ['7'],
      forestFunctionality: ['7'],
      ...(this.behaviour.vendor === undefined ? {} : { vendorName: [this.behaviour.vendor] }),
    };
    const attributes = SCHEMA.map(([name, syntax, single, link]) => ({
      dn: `CN=${name},${schema}`,
      attributes: {
        objectClass: ['attributeSchema'],
        lDAPDisplayName: [name],
        attributeSyntax: [syntax],
        isSingleValued: [single ? 'TRUE' : 'FALSE'],
        ...(link === undefined ? {} : { linkID: [String(link)] }),
      },
    }));
    return [
      { dn: '', attributes: root },
      {
        dn: service,
        attributes: { objectClass: ['nTDSDSA'], invocationId: [guidToBytes(this.behaviour.invocationId)] },
      },
      { dn: schema, attributes: { objectClass: ['dMD'], objectVersion: ['88'] } },
      ...attributes,
    ];
  }
}

function controlsOf(controls: Tlv | undefined): ReadonlyMap<string, Buffer> {
  const found = (controls === undefined ? [] : childrenOf(controls)).map((control) => childrenOf(control));
  return new Map(found.map((parts) => [textOf(parts[0]), parts.at(-1)?.value ?? Buffer.alloc(0)] as const));
}

const result = (operation: number, status: number): Buffer =>
  tlv(operation, integer(status, 0x0a), octets(''), octets(status === 0 ? '' : `result ${String(status)}`));
