import { readFileSync } from 'node:fs';
import { readDirectory, type DirectoryEntry } from '@adjoin/demo';
import type { ForestDescription } from '@adjoin/stack';
import { Attribute, Change, Client } from 'ldapts';

/** Changes a forest of the lab as its administrator. */
export class Directory {
  readonly #client: Client;
  readonly #forest: ForestDescription;

  private constructor(client: Client, forest: ForestDescription) {
    this.#client = client;
    this.#forest = forest;
  }

  static async open(forest: ForestDescription): Promise<Directory> {
    const tlsOptions = { ca: readFileSync(forest.caFile, 'utf8'), servername: forest.serverName };
    const client = new Client({ url: forest.ldapsUrl, timeout: 30_000, connectTimeout: 10_000, tlsOptions });
    try {
      await client.bind(forest.admin.dn, forest.admin.password);
    } catch (error) {
      await client.unbind(); // a failed bind keeps its socket open
      throw error;
    }
    return new Directory(client, forest);
  }

  /** Users in scope that have a manager and lead nobody: a change of one of them touches no other object. */
  async plainUsers(): Promise<readonly DirectoryEntry[]> {
    const entries = await readDirectory(this.#forest);
    const managers = new Set(entries.flatMap((entry) => entry.values.get('manager') ?? []));
    return entries.filter((entry) => entry.classes.has('user') && !managers.has(entry.dn));
  }

  async replace(dn: string, type: string, value: string): Promise<void> {
    const modification = new Attribute({ type, values: [value] });
    await this.#client.modify(dn, new Change({ operation: 'replace', modification }));
  }

  /** Moves an object into another container; resolves to its new DN. */
  async move(dn: string, container: string): Promise<string> {
    const rdn = /^((?:\\.|[^\\,])*),/s.exec(dn)?.[1] ?? dn;
    const moved = `${rdn},${container}`;
    await this.#client.modifyDN(dn, moved);
    return moved;
  }

  async close(): Promise<void> {
    await this.#client.unbind();
  }
}

/** The container of an object. */
export function containerOf(dn: string): string {
  return dn.replace(/^(?:\\.|[^\\,])*,/s, '');
}
