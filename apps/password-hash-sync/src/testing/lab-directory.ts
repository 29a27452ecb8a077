import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Attribute, Change, Client } from 'ldapts';

interface Account {
  readonly name: string;
  readonly dn: string;
  readonly password: string;
}
/** A forest of the local stack, as its description file says. */
export interface LabForest {
  readonly netbios: string;
  readonly domain: string;
  readonly ip: string;
  readonly ldapsUrl: string;
  readonly caFile: string;
  readonly serverName: string;
  readonly baseDn: string;
  readonly sync: Account;
  readonly hash: Account;
  readonly admin: Account;
}
export interface LabUser {
  readonly name: string;
  readonly dn: string;
  /** objectGUID, lower case. */
  readonly guid: string;
  /** Base64 of objectGUID. */
  readonly anchor: string;
}

const LETTERS = [...'äöüßéèçñøåłžđ€ΩλжЩЯ漢字かな한글שלום𝔘😀'];

/** Complex, and with at least eight characters beyond ASCII. */
export function randomPassword(): string {
  const chosen = [...randomBytes(8)].map((byte) => LETTERS[byte % LETTERS.length] ?? 'ä');
  return `Aa1-${chosen.join('')}${randomBytes(4).toString('base64url')}`;
}

/** Users of a test in an organizational unit of their own on a real domain controller. */
export class LabDirectory {
  readonly ou: string;
  readonly #client: Client;
  readonly #forest: LabForest;
  readonly #run = `phs${randomBytes(3).toString('hex')}`;

  constructor(forest: LabForest) {
    this.#forest = forest;
    this.ou = `OU=${this.#run},${forest.baseDn}`;
    const tlsOptions = { ca: readFileSync(forest.caFile, 'utf8'), servername: forest.serverName };
    this.#client = new Client({ url: forest.ldapsUrl, tlsOptions });
  }

  async open(): Promise<void> {
    await this.#client.bind(this.#forest.admin.dn, this.#forest.admin.password);
    await this.#client.add(this.ou, { objectClass: ['organizationalUnit'] });
  }

  async close(): Promise<void> {
    await this.#client.unbind();
  }

  async addUser(label: string, password: string, more: Readonly<Record<string, string>> = {}): Promise<LabUser> {
    const name = `${this.#run}${label}`;
    const dn = `CN=${name},${this.ou}`;
    await this.#client.add(dn, {
      ...{ objectClass: ['user'], sAMAccountName: name, userAccountControl: '512' },
      unicodePwd: quoted(password) as unknown as string,
      ...more,
    });
    const { searchEntries } = await this.#client.search(dn, {
      ...{ scope: 'base', attributes: ['objectGUID'], explicitBufferAttributes: ['objectGUID'] },
    });
    const bytes = searchEntries[0]?.['objectGUID'] as Buffer;
    return { name, dn, guid: guidText(bytes), anchor: bytes.toString('base64') };
  }

  setPassword(user: LabUser, password: string): Promise<void> {
    return this.#replace(user.dn, 'unicodePwd', [quoted(password)]);
  }

  set(user: LabUser, attribute: string, value: string): Promise<void> {
    return this.#replace(user.dn, attribute, [value]);
  }

  remove(user: LabUser): Promise<void> {
    return this.#client.del(user.dn);
  }

  #replace(dn: string, type: string, values: string[] | Buffer[]): Promise<void> {
    const modification = new Attribute({ type, values });
    return this.#client.modify(dn, new Change({ operation: 'replace', modification }));
  }
}

const quoted = (password: string): Buffer => Buffer.from(`"${password}"`, 'utf16le');

function guidText(bytes: Buffer): string {
  const part = (from: number, to: number): Buffer => Buffer.from(bytes.subarray(from, to));
  const fields = [part(0, 4).reverse(), part(4, 6).reverse(), part(6, 8).reverse(), part(8, 10), part(10, 16)];
  return fields.map((field) => field.toString('hex')).join('-');
}
