import { childrenOf, integer, integerOf, octets, readTlv, textOf, tlv, type Tlv } from './ber.js';
import type { DirectoryState, FakeObject } from './directory-state.js';
import { matches } from './ldap-filter.js';

/** Limits and faults of the fake server; tests change them while it runs. */
export interface FakeBehaviour {
  /** Objects in a DirSync page; a real server counts bytes. */
  dirSyncPage: number;
  /** MaxValRange: more values of an attribute come in ranges. */
  maxValues: number;
  /** The account holds Replicating Directory Changes. */
  mayReplicate: boolean;
  /** Objects that ordinary searches and DirSync do not show, as after lost rights. */
  hidden: (object: FakeObject) => boolean;
  invocationId: string;
  /** The account may list the container of deleted objects. */
  showsDeleted: boolean;
  /** Result code instead of an answer, by search base and whether DirSync was asked for; 0: none. */
  refuses: (base: string, dirSync: boolean) => number;
  /** URLs that are sent as references to other naming contexts within each search below a base. */
  referrals: readonly string[];
  /** vendorName of the root; absent like on Windows Server. */
  vendor: string | undefined;
  /** Called when a DirSync request has come, before it is answered. */
  beforeDirSync: () => void;
  /** Filters of the DirSync requests so far, as bytes read as text. */
  readonly dirSyncFilters: string[];
}

/** Answer to a search: what to send, and the response control behind the result. */
export interface SearchAnswer {
  readonly status: number;
  readonly entries: Iterable<Buffer>;
  readonly controls: readonly Buffer[];
}
interface StaticEntry {
  readonly dn: string;
  readonly attributes: Readonly<Record<string, readonly (string | Buffer)[]>>;
}
interface Request {
  readonly base: string;
  readonly scope: number;
  readonly filter: Tlv;
  readonly attributes: readonly string[];
  readonly controls: ReadonlyMap<string, Buffer>;
}

const DIRSYNC = '1.2.840.113556.1.4.841';
const PAGED = '1.2.840.113556.1.4.319';
const SHOW_DELETED = '1.2.840.113556.1.4.417';
const LINKS = new Set(['member', 'manager']);

/** Bytes of a GUID as AD stores them ([MS-DTYP] 2.3.4.2). */
export function guidToBytes(guid: string): Buffer {
  const bytes = Buffer.from(guid.replace(/-/g, ''), 'hex');
  return Buffer.concat([
    bytes.subarray(0, 4).reverse(),
    bytes.subarray(4, 6).reverse(),
    bytes.subarray(6, 8).reverse(),
    bytes.subarray(8),
  ]);
}

/** Answers searches from the state as a domain controller does: DirSync with paging, paged results, extended DNs and ranges. */
export class DirectoryAnswers {
  constructor(
    private readonly state: DirectoryState,
    private readonly behaviour: FakeBehaviour,
    private readonly fixed: () => readonly StaticEntry[],
  ) {}

  search(operation: Tlv, controls: ReadonlyMap<string, Buffer>): SearchAnswer {
    const [base, scope, , , , , filter, attributes] = childrenOf(operation);
    if (filter === undefined || attributes === undefined) return ended(2);
    const request = {
      base: textOf(base),
      scope: integerOf(scope),
      filter,
      attributes: childrenOf(attributes).map(textOf),
      controls,
    };
    const refused = this.behaviour.refuses(request.base, controls.has(DIRSYNC));
    if (refused !== 0) return ended(refused);
    if (controls.has(DIRSYNC)) return this.#dirSync(request);
    const fixed = this.#fixedEntries(request);
    if (fixed !== undefined) return this.#paged(request, fixed);
    const withDeleted = controls.has(SHOW_DELETED);
    const root = this.#find(request.base);
    if (root === undefined || this.behaviour.hidden(root)) return ended(32);
    if (root.rdn === 'CN=Deleted Objects' && !this.behaviour.showsDeleted) return ended(32);
    const found = [...this.state.objects.values()].filter(
      (object) =>
        (withDeleted || !object.deleted) &&
        !this.behaviour.hidden(object) &&
        this.#inScope(object, root, request.scope) &&
        this.#matches(object, request.filter),
    );
    return this.#paged(
      request,
      found.map((object) => () => this.#entry(object, request.attributes)),
    );
  }

  #fixedEntries({ base, scope, filter, attributes }: Request): (() => Buffer)[] | undefined {
    const key = base.toLowerCase();
    if (key !== '' && !key.endsWith(`cn=configuration,${this.state.domain.toLowerCase()}`)) return undefined;
    const all = this.fixed().filter(({ dn }) =>
      scope === 0 ? dn.toLowerCase() === key : dn.toLowerCase().endsWith(key),
    );
    const wanted = new Set(attributes.map((name) => name.toLowerCase()));
    const values = (entry: StaticEntry, name: string): Buffer[] =>
      Object.entries(entry.attributes).flatMap(([known, list]) =>
        known.toLowerCase() === name
          ? list.map((value) => (typeof value === 'string' ? Buffer.from(value) : value))
          : [],
      );
    return all
      .filter((entry) => matches(filter, (name) => values(entry, name)))
      .map((entry) => () => {
        const shown = Object.entries(entry.attributes).filter(
          ([name]) => wanted.size === 0 || wanted.has(name.toLowerCase()),
        );
        return entryOf(
          entry.dn,
          shown.map(([name]) => [name, values(entry, name.toLowerCase())] as const),
        );
      });
  }

  #paged(request: Request, found: readonly (() => Buffer)[]): SearchAnswer {
    const control = request.controls.get(PAGED);
    if (control === undefined) return { status: 0, entries: lazily(found), controls: [] };
    const [size, cookie] = sequence(control);
    const start = Number(textOf(cookie) || '0');
    const end = start + integerOf(size);
    const next = end < found.length ? String(end) : '';
    const references = request.scope === 2 ? this.behaviour.referrals : [];
    return {
      status: 0,
      entries: lazily([...references.map((url) => () => tlv(0x73, octets(url))), ...found.slice(start, end)]),
      controls: [responseControl(PAGED, tlv(0x30, integer(0), octets(next)))],
    };
  }

  /** The cookie is `object:property`, two watermarks as in [MS-ADTS] 3.1.1.3.4.1.3: while pages follow only the first one moves. */
  #dirSync(request: Request): SearchAnswer {
    const [flags, , cookie] = sequence(request.controls.get(DIRSYNC) ?? Buffer.alloc(0));
    this.behaviour.beforeDirSync();
    this.behaviour.dirSyncFilters.push(request.filter.value.toString('latin1'));
    if (request.base.toLowerCase() !== this.state.domain.toLowerCase()) return ended(50);
    if (!this.behaviour.mayReplicate && (integerOf(flags) & 1) === 0) return ended(50);
    const text = textOf(cookie);
    const given = /^(\d+):(\d+):(.*)$/.exec(text);
    if (text !== '' && given?.[3] !== this.behaviour.invocationId) return ended(12);
    const [above, since] = [Number(given?.[1] ?? 0), Number(given?.[2] ?? 0)];
    const changed = [...this.state.objects.values()]
      .filter((object) => object.usn > above && !this.behaviour.hidden(object) && this.#matches(object, request.filter))
      .sort((a, b) => a.usn - b.usn);
    const page = changed.slice(0, this.behaviour.dirSyncPage);
    const more = page.length < changed.length;
    const next = more
      ? `${String(page.at(-1)?.usn ?? above)}:${String(since)}`
      : `${String(this.state.usn)}:${String(this.state.usn)}`;
    const value = tlv(0x30, integer(more ? 1 : 0), integer(0), octets(`${next}:${this.behaviour.invocationId}`));
    return {
      status: 0,
      entries: lazily(page.map((object) => () => this.#change(object, request.attributes, since))),
      controls: [responseControl(DIRSYNC, value)],
    };
  }

  #change(object: FakeObject, wanted: readonly string[], since: number): Buffer {
    const attributes: (readonly [string, readonly Buffer[]])[] = [['objectGUID', [guidToBytes(object.guid)]]];
    if (object.namedAt > since && wanted.includes('name')) {
      attributes.push(['name', [Buffer.from(nameOf(object.rdn))]]);
      if (object.parent !== null) attributes.push(['parentGUID', [guidToBytes(object.parent)]]);
    }
    for (const name of wanted) {
      const known = object.attributes.get(name.toLowerCase());
      if (known !== undefined && known.usn > since) attributes.push([known.name, known.values]);
      const links = [...(object.links.get(name) ?? [])].filter(([, { usn }]) => usn > since);
      for (const present of [true, false]) {
        const values = links
          .filter(([, link]) => link.present === present)
          .map(([guid]) => Buffer.from(this.#target(guid)));
        if (values.length > 0) attributes.push([`${name};range=${present ? '1-1' : '0-0'}`, values]);
      }
    }
    return entryOf(this.#extended(object), attributes);
  }

  #entry(object: FakeObject, wanted: readonly string[]): Buffer {
    const attributes: (readonly [string, readonly Buffer[]])[] = [];
    for (const asked of wanted) {
      const [name = asked, option] = asked.split(';');
      const values = this.#values(object, name.toLowerCase());
      const low = Number(/^range=(\d+)-/.exec(option ?? '')?.[1] ?? 0);
      const part = values.slice(low, low + this.behaviour.maxValues);
      const end = low + part.length;
      if (option !== undefined || end < values.length)
        attributes.push([`${name};range=${String(low)}-${end < values.length ? String(end - 1) : '*'}`, part]);
      else if (part.length > 0) attributes.push([name, part]);
    }
    return entryOf(this.#extended(object), attributes);
  }

  #values(object: FakeObject, name: string): readonly Buffer[] {
    if (name === 'objectguid') return [guidToBytes(object.guid)];
    if (name === 'parentguid') return object.parent === null ? [] : [guidToBytes(object.parent)];
    if (name === 'name') return [Buffer.from(nameOf(object.rdn))];
    if (name === 'usnchanged') return [Buffer.from(String(object.usn))];
    if (!LINKS.has(name)) return object.attributes.get(name)?.values ?? [];
    return [...(object.links.get(name) ?? [])]
      .filter(([, link]) => link.present)
      .map(([guid]) => Buffer.from(this.#target(guid)));
  }

  #matches(object: FakeObject, filter: Tlv): boolean {
    return matches(filter, (name) => this.#values(object, name));
  }

  #inScope(object: FakeObject, root: FakeObject, scope: number): boolean {
    if (scope === 0) return object === root;
    return scope === 1 ? object.parent === root.guid : this.state.isUnder(object, root);
  }

  #find(base: string): FakeObject | undefined {
    const guid = /^<GUID=([^>]+)>$/.exec(base)?.[1];
    if (guid !== undefined) {
      const found = this.state.objects.get(guid.toLowerCase());
      return found?.deleted === true ? undefined : found;
    }
    const wanted = base.toLowerCase();
    return [...this.state.objects.values()].find(
      (object) => !object.deleted && this.state.dnOf(object).toLowerCase() === wanted,
    );
  }

  /** An object of another domain is known by its name only. */
  #target(guid: string): string {
    const foreign = this.state.foreign.get(guid);
    return foreign === undefined ? this.#extended(this.state.get(guid)) : `<GUID=${guid}>;${foreign}`;
  }

  #extended(object: FakeObject): string {
    return `<GUID=${object.guid}>;${this.state.dnOf(object)}`;
  }
}

const nameOf = (rdn: string): string => rdn.slice(rdn.indexOf('=') + 1);
const ended = (status: number): SearchAnswer => ({ status, entries: [], controls: [] });

function* lazily(entries: readonly (() => Buffer)[]): Generator<Buffer> {
  for (const entry of entries) yield entry();
}

function sequence(value: Buffer): Tlv[] {
  const read = readTlv(value);
  return read === undefined ? [] : childrenOf(read.tlv);
}

const responseControl = (oid: string, value: Buffer): Buffer => tlv(0x30, octets(oid), octets(value));

function entryOf(dn: string, attributes: readonly (readonly [string, readonly Buffer[]])[]): Buffer {
  const parts = attributes.map(([name, values]) =>
    tlv(0x30, octets(name), tlv(0x31, ...values.map((value) => octets(value)))),
  );
  return tlv(0x64, octets(dn), tlv(0x30, ...parts));
}
