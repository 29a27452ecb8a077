import type { ForestDescription } from '@adjoin/stack';
import { Attribute, Change, type Client } from 'ldapts';
import { anchorOf, openDirectory } from '../counting/read-directory.js';

/** Changes a forest as its administrator. Every method resolves to the time of the LDAP answer, ms since 1970. */
export class DirectoryWriter {
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
  }

  static async open(forest: ForestDescription): Promise<DirectoryWriter> {
    return new DirectoryWriter(await openDirectory(forest, forest.admin));
  }

  async close(): Promise<void> {
    await this.#client.unbind();
  }

  /** Replaces the values of an attribute; no value clears it. */
  async replace(dn: string, attribute: string, ...values: readonly string[]): Promise<number> {
    return this.#modify(dn, 'replace', attribute, values);
  }

  async addValue(dn: string, attribute: string, value: string): Promise<number> {
    return this.#modify(dn, 'add', attribute, [value]);
  }

  async removeValue(dn: string, attribute: string, value: string): Promise<number> {
    return this.#modify(dn, 'delete', attribute, [value]);
  }

  async rename(dn: string, newDn: string): Promise<number> {
    await this.#client.modifyDN(dn, newDn);
    return Date.now();
  }

  async delete(dn: string): Promise<number> {
    await this.#client.del(dn);
    return Date.now();
  }

  /** Creates an object; resolves also to its source anchor, which is read afterwards. */
  async create(
    dn: string,
    attributes: readonly Attribute[],
  ): Promise<{ readonly at: number; readonly anchor: string }> {
    await this.#client.add(dn, [...attributes]);
    const at = Date.now();
    const options = { scope: 'base' as const, attributes: ['objectGUID'], explicitBufferAttributes: ['objectGUID'] };
    const [entry] = (await this.#client.search(dn, options)).searchEntries;
    if (entry === undefined) throw new Error(`${dn} was created and cannot be read`);
    return { at, anchor: anchorOf(entry) };
  }

  async #modify(dn: string, operation: Change['operation'], type: string, values: readonly string[]): Promise<number> {
    await this.#client.modify(
      dn,
      new Change({ operation, modification: new Attribute({ type, values: [...values] }) }),
    );
    return Date.now();
  }
}

/** First part of a DN, `CN=Ann Lee`, and the rest. A comma behind a backslash belongs to the name. */
export function splitDn(dn: string): readonly [rdn: string, parent: string] {
  const match = /^((?:\\.|[^\\,])*),(.*)$/s.exec(dn);
  return match === null ? [dn, ''] : [match[1] ?? dn, match[2] ?? ''];
}
