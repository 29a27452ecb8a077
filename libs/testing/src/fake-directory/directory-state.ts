import { randomUUID } from 'node:crypto';

/** One object with the change number of each of its attributes and link values, as a domain controller keeps them. */
export interface FakeObject {
  readonly guid: string;
  parent: string | null;
  rdn: string;
  usn: number;
  namedAt: number;
  deleted: boolean;
  readonly attributes: Map<string, { readonly name: string; values: readonly Buffer[]; usn: number }>;
  /** By attribute and target GUID. */
  readonly links: Map<string, Map<string, { present: boolean; usn: number }>>;
}

export interface NewObject {
  readonly rdn: string;
  /** GUID of the container. */
  readonly parent: string;
  readonly classes: readonly string[];
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}

/** The content of a domain: what tests change, and what the fake server answers from. */
export class DirectoryState {
  readonly objects = new Map<string, FakeObject>();
  /** DNs of objects of other domains that links name, by GUID. */
  readonly foreign = new Map<string, string>();
  readonly domain: string;
  readonly head: string;
  usn = 1000;

  constructor(domain: string) {
    this.domain = domain;
    this.head = this.#insert({ rdn: domain, classes: ['top', 'domain', 'domainDNS'] }, null);
    this.add({ rdn: 'CN=Deleted Objects', parent: this.head, classes: ['top', 'container'] });
  }

  /** Adds an object and returns its GUID. */
  add(object: NewObject): string {
    return this.#insert(object, object.parent);
  }

  /** Sets an attribute; no values clear it. */
  set(guid: string, name: string, ...values: readonly string[]): void {
    const object = this.get(guid);
    object.attributes.set(name.toLowerCase(), {
      name,
      values: values.map((value) => Buffer.from(value)),
      usn: this.#touch(object),
    });
  }

  /** Adds or removes link values; all of a call are one change. */
  link(
    guid: string,
    name: string,
    change: { readonly add?: readonly string[]; readonly remove?: readonly string[] },
  ): void {
    const object = this.get(guid);
    const usn = this.#touch(object);
    const values = object.links.get(name) ?? new Map<string, { present: boolean; usn: number }>();
    object.links.set(name, values);
    for (const target of change.add ?? []) values.set(target, { present: true, usn });
    for (const target of change.remove ?? []) values.set(target, { present: false, usn });
  }

  /** Renames or moves an object; what is below it does not change. */
  move(guid: string, to: { readonly rdn?: string; readonly parent?: string }): void {
    const object = this.get(guid);
    object.namedAt = this.#touch(object);
    object.rdn = to.rdn ?? object.rdn;
    object.parent = to.parent ?? object.parent;
  }

  /** Leaves a tombstone. Groups of a deleted object are not changed, as with a real server. */
  delete(guid: string): void {
    const object = this.get(guid);
    const usn = this.#touch(object);
    object.rdn = `${object.rdn}\\0ADEL:${guid}`;
    object.parent = [...this.objects.values()].find(({ rdn }) => rdn === 'CN=Deleted Objects')?.guid ?? this.head;
    object.namedAt = usn;
    object.deleted = true;
    object.attributes.set('isdeleted', { name: 'isDeleted', values: [Buffer.from('TRUE')], usn });
    for (const other of this.objects.values()) for (const values of other.links.values()) values.delete(guid);
  }

  /** Brings a deleted object back, as an administrator does it: without its members and what else the tombstone had lost. */
  reanimate(guid: string, to: { readonly rdn: string; readonly parent: string }): void {
    const object = this.get(guid);
    const usn = this.#touch(object);
    Object.assign(object, { ...to, namedAt: usn, deleted: false });
    object.attributes.set('isdeleted', { name: 'isDeleted', values: [], usn });
  }

  /**
   * Moves an object to another domain of the forest: it keeps its GUID and its attributes, which are all new there. Here nothing is left of it
   * but links that name it, with `tombstone` a deleted object too.
   */
  moveTo(other: DirectoryState, guid: string, parent: string, options: { readonly tombstone?: boolean } = {}): void {
    const object = this.get(guid);
    const moved: FakeObject = { ...object, parent, attributes: new Map(), links: new Map() };
    other.objects.set(guid, moved);
    other.foreign.delete(guid);
    for (const { name, values } of object.attributes.values())
      moved.attributes.set(name.toLowerCase(), { name, values, usn: other.#touch(moved) });
    moved.namedAt = moved.usn;
    this.foreign.set(guid, other.dnOf(moved));
    if (options.tombstone === true) {
      const linked = [...this.objects.values()].map(
        ({ links }) => new Map([...links].map(([n, v]) => [n, new Map(v)])),
      );
      this.delete(guid);
      [...this.objects.values()].forEach((one, index) => {
        for (const [name, values] of linked[index] ?? []) one.links.set(name, values);
      });
    } else this.objects.delete(guid);
  }

  get(guid: string): FakeObject {
    const found = this.objects.get(guid);
    if (found === undefined) throw new Error(`no object ${guid}`);
    return found;
  }

  dnOf(object: FakeObject): string {
    return object.parent === null ? object.rdn : `${object.rdn},${this.dnOf(this.get(object.parent))}`;
  }

  isUnder(object: FakeObject, ancestor: FakeObject): boolean {
    if (object === ancestor) return true;
    return object.parent !== null && this.isUnder(this.get(object.parent), ancestor);
  }

  #insert({ rdn, classes, attributes }: Omit<NewObject, 'parent'>, parent: string | null): string {
    const guid = randomUUID();
    const object: FakeObject = {
      guid,
      parent,
      rdn,
      usn: 0,
      namedAt: 0,
      deleted: false,
      attributes: new Map(),
      links: new Map(),
    };
    this.objects.set(guid, object);
    this.set(guid, 'objectClass', ...classes);
    for (const [name, value] of Object.entries(attributes ?? {})) this.set(guid, name, value);
    object.namedAt = object.usn;
    return guid;
  }

  #touch(object: FakeObject): number {
    this.usn += 1;
    object.usn = this.usn;
    return this.usn;
  }
}
