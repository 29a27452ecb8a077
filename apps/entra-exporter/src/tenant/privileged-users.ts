import type { GraphApi } from '@adjoin/graph';

const REFRESH_MS = 5 * 60_000;
interface Named {
  readonly id?: unknown;
  readonly '@odata.type'?: unknown;
}

/**
 * Who holds an administrator role, directly or through a group: such users are never taken over (engine/entra-service.md section 2). Read when a
 * match is in question only. Needs RoleManagement.Read.Directory.
 */
export class PrivilegedUsers {
  readonly #api: GraphApi;
  readonly #now: () => number;
  #known: { readonly at: number; readonly ids: ReadonlySet<string> } | undefined;

  constructor(api: GraphApi, now: () => number = Date.now) {
    this.#api = api;
    this.#now = now;
  }

  /** @throws coded errors of Graph: nobody may be taken over then. */
  async has(userId: string): Promise<boolean> {
    if (this.#known === undefined || this.#now() - this.#known.at > REFRESH_MS)
      this.#known = { at: this.#now(), ids: await this.#read() };
    return this.#known.ids.has(userId);
  }

  async #read(): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    const what = 'Reading who holds administrator roles (permission RoleManagement.Read.Directory)';
    for await (const role of this.#all('/directoryRoles?$select=id', what)) {
      for await (const member of this.#all(`/directoryRoles/${String(role.id)}/members?$select=id`, what)) {
        ids.add(String(member.id));
        if (member['@odata.type'] !== '#microsoft.graph.group') continue;
        for await (const { id } of this.#all(`/groups/${String(member.id)}/members?$select=id`, what))
          ids.add(String(id));
      }
    }
    return ids;
  }

  async *#all(first: string, what: string): AsyncGenerator<Named> {
    for (let link: string | undefined = first; link !== undefined;) {
      const page = (await this.#api.must('GET', link, what)) as {
        value?: readonly Named[];
        '@odata.nextLink'?: string;
      };
      yield* page.value ?? [];
      link = page['@odata.nextLink'];
    }
  }
}
