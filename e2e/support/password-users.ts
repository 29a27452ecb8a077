import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { readDirectory, type DirectoryEntry } from '@adjoin/demo';
import { md4 } from '@adjoin/entra-simulator';
import { Attribute, Change, Client } from 'ldapts';
import type { AppName, Lab } from './lab.js';

/** What Windows keeps of a password. */
export const ntHash = (password: string): Buffer => md4(Buffer.from(password, 'utf16le'));

const LETTERS = [...'äöüßéèçñøåłžđ€ΩλжЩЯ漢字かな한글שלום𝔘😀'];
const DISABLED = 2;

/** The users of a lab with their passwords: set in Active Directory, tried in the tenant. */
export class PasswordUsers {
  readonly #lab: Lab;
  readonly #client: Client;
  readonly #names = new Map<string, string>();

  private constructor(lab: Lab, client: Client) {
    this.#lab = lab;
    this.#client = client;
  }

  static async open(lab: Lab): Promise<PasswordUsers> {
    const { forest } = lab;
    const tlsOptions = { ca: readFileSync(forest.caFile, 'utf8'), servername: forest.serverName };
    const client = new Client({ url: forest.ldapsUrl, tlsOptions });
    await client.bind(forest.admin.dn, forest.admin.password);
    return new PasswordUsers(lab, client);
  }

  async close(): Promise<void> {
    await this.#client.unbind();
  }

  /** Enabled users in scope. */
  async enabled(): Promise<readonly DirectoryEntry[]> {
    const entries = await readDirectory(this.#lab.forest);
    return entries.filter(
      ({ classes, values }) =>
        classes.has('user') &&
        !classes.has('computer') &&
        !classes.has('inetorgperson') &&
        (Number(values.get('useraccountcontrol')?.[0] ?? DISABLED) & DISABLED) === 0,
    );
  }

  /** Complex, and with at least eight characters beyond ASCII. */
  randomPassword(): string {
    const chosen = [...randomBytes(8)].map((byte) => LETTERS[byte % LETTERS.length] ?? 'ä');
    return `Aa1-${chosen.join('')}${randomBytes(4).toString('base64url')}`;
  }

  async setPassword({ dn }: DirectoryEntry, password: string): Promise<void> {
    const values = [Buffer.from(`"${password}"`, 'utf16le')];
    const modification = new Attribute({ type: 'unicodePwd', values });
    await this.#client.modify(dn, new Change({ operation: 'replace', modification }));
  }

  /** Tries name and password at the token endpoint of the tenant. */
  async signsIn({ anchor }: DirectoryEntry, password: string): Promise<boolean> {
    const username = await this.#nameOf(anchor);
    const { clientId, tenantId, clientSecret } = this.#tenant();
    const form = new URLSearchParams({
      ...{ grant_type: 'password', client_id: clientId, client_secret: clientSecret },
      ...{ username, password, scope: 'openid profile' },
    });
    const { simulator } = this.#lab.stack.ports;
    const url = `https://127.0.0.1:${String(simulator)}/${tenantId}/oauth2/v2.0/token`;
    return (await post(url, form.toString(), this.#ca())) === 200;
  }

  /** What the tenant keeps of every user that has a password. */
  async credentials(): Promise<readonly { readonly user: string; readonly hash: string }[]> {
    const url = `http://127.0.0.1:${String(this.#lab.stack.ports.simulatorAdmin)}/credentials`;
    return (await (await fetch(url)).json()) as { user: string; hash: string }[];
  }

  logOf(app: AppName): string {
    return readFileSync(this.#lab.service(app).logFile, 'utf8');
  }

  /** The user's name in the tenant; empty while there is none. */
  async #nameOf(anchor: string): Promise<string> {
    if (!this.#names.has(anchor)) {
      const select = '$select=id,onPremisesImmutableId,userPrincipalName&$top=999';
      for (const user of await this.#lab.graph.list(`/users?${select}`))
        this.#names.set(String(user['onPremisesImmutableId']), String(user['userPrincipalName']));
    }
    return this.#names.get(anchor) ?? '';
  }

  #ca(): string {
    return readFileSync(join(this.#lab.stack.runFolder, 'entra-simulator', 'ca.pem'), 'utf8');
  }

  #tenant(): { clientId: string; tenantId: string; clientSecret: string } {
    const text = readFileSync(this.#lab.stack.connectorFile, 'utf8');
    const value = (name: string): string => new RegExp(`${name}: (\\S+)`).exec(text)?.[1] ?? '';
    const clientSecret = readFileSync(value('clientSecretFile'), 'utf8');
    return { clientId: value('clientId'), tenantId: value('tenantId'), clientSecret };
  }
}

function post(url: string, body: string, ca: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) };
    const outgoing = request(url, { method: 'POST', headers, ca }, (incoming) => {
      incoming.resume();
      incoming.on('end', () => resolve(incoming.statusCode ?? 0));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
