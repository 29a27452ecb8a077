import type { AdConnectorConfig } from '@adjoin/contracts';
import { guidDn, LDAP_RESULT, rawAttribute, statusOf, type LdapConnection } from '@adjoin/ad-ldap';
import { openDomain } from '../directory/directory-session.js';

/** Reads and writes single attributes of objects named by objectGUID, in whichever domain of the forest they are. */
export interface ForestWriter {
  /** Values of the attribute; undefined when no selected domain has the object. Rejects when a domain cannot be asked. */
  read(guid: string, attribute: string): Promise<readonly Buffer[] | undefined>;
  /** Adds values; rejects with what the domain controller said, see `LdapConnection.addValues`. The object was read before. */
  add(guid: string, attribute: string, values: readonly Buffer[]): Promise<void>;
  /** Puts these values in place of what is there; none clears the attribute. */
  replace(guid: string, attribute: string, values: readonly Buffer[]): Promise<void>;
  close(): Promise<void>;
}

/** Connections to the domains of a forest, opened when they are needed and again after a failure. */
export class LdapForestWriter implements ForestWriter {
  readonly #config: AdConnectorConfig;
  readonly #signal: AbortSignal;
  readonly #connections = new Map<string, LdapConnection>();
  /** The domain in which an object was found last. */
  readonly #homes = new Map<string, string>();

  constructor(config: AdConnectorConfig, signal: AbortSignal) {
    this.#config = config;
    this.#signal = signal;
  }

  async read(guid: string, attribute: string): Promise<readonly Buffer[] | undefined> {
    const search = { base: guidDn(guid), scope: 'base', attributes: [attribute] } as const;
    for (const { dn } of this.#config.domains) {
      const connection = await this.#connection(dn);
      try {
        const [entry] = await connection.read(search, this.#signal);
        if (entry === undefined) continue;
        this.#homes.set(guid, dn);
        return rawAttribute(entry, attribute)?.values ?? [];
      } catch (error) {
        // An object of another domain is unknown to this server, or it names that domain: neither is followed.
        if (![LDAP_RESULT.noSuchObject, REFERRAL].some((status) => status === statusOf(error))) throw error;
      }
    }
    return undefined;
  }

  async add(guid: string, attribute: string, values: readonly Buffer[]): Promise<void> {
    await (await this.#home(guid)).addValues(guidDn(guid), attribute, values);
  }

  async replace(guid: string, attribute: string, values: readonly Buffer[]): Promise<void> {
    await (await this.#home(guid)).replaceValues(guidDn(guid), attribute, values);
  }

  #home(guid: string): Promise<LdapConnection> {
    const domain = this.#homes.get(guid) ?? this.#config.domains[0]?.dn ?? '';
    this.#homes.delete(guid);
    return this.#connection(domain);
  }

  async close(): Promise<void> {
    const open = [...this.#connections.values()];
    this.#connections.clear();
    this.#homes.clear();
    await Promise.all(open.map((connection) => connection.close()));
  }

  async #connection(domain: string): Promise<LdapConnection> {
    const known = this.#connections.get(domain);
    if (known?.isOpen === true) return known;
    const opened = await openDomain(this.#config, domain, this.#signal);
    this.#connections.set(domain, opened);
    return opened;
  }
}

/** Result code of an answer that names another server (RFC 4511 §4.1.10). */
const REFERRAL = 10;
