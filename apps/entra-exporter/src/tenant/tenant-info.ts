import type { DirectoryExtensionConfig } from '@adjoin/contracts';
import {
  ensureAnchorExtension,
  ensureExtensions,
  readDomains,
  type ExtensionDefinition,
  type GraphApi,
  type TenantDomains,
} from '@adjoin/graph';

export interface Tenant {
  readonly domains: TenantDomains;
  /** Name of the directory extension with the source anchor of groups and devices. */
  readonly anchorExtension: string;
  /** Directory extensions that the configuration names; they exist. */
  readonly extensions?: readonly ExtensionDefinition[] | undefined;
}
const REFRESH_MS = 5 * 60_000;

/** What the exporter knows about the tenant: read before the first use, domains again every five minutes. */
export class TenantInfo {
  readonly #api: GraphApi;
  readonly #clientId: string;
  readonly #wanted: readonly DirectoryExtensionConfig[];
  #tenant: Tenant | undefined;
  #readAt = 0;
  #pending: Promise<Tenant> | undefined;

  constructor(api: GraphApi, clientId: string, wanted: readonly DirectoryExtensionConfig[] = []) {
    this.#api = api;
    this.#clientId = clientId;
    this.#wanted = wanted;
  }

  /** @throws coded errors of Graph; the next call tries again. After a first success an old answer is better than none. */
  async get(): Promise<Tenant> {
    if (this.#tenant !== undefined && Date.now() - this.#readAt < REFRESH_MS) return this.#tenant;
    this.#pending ??= this.#read().finally(() => (this.#pending = undefined));
    const known = this.#tenant;
    return known === undefined ? this.#pending : this.#pending.catch(() => known);
  }

  /** Something the tenant had is not there any more (the directory extension, a domain): the next use reads it again. */
  forget(): void {
    this.#tenant = undefined;
  }

  async #read(): Promise<Tenant> {
    const [domains, anchorExtension, extensions] = await Promise.all([
      readDomains(this.#api),
      this.#tenant?.anchorExtension ?? ensureAnchorExtension(this.#api, this.#clientId),
      this.#tenant?.extensions ?? ensureExtensions(this.#api, this.#clientId, this.#wanted),
    ]);
    this.#readAt = Date.now();
    return (this.#tenant = { domains, anchorExtension, extensions });
  }
}
