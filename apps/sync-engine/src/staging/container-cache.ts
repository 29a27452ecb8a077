import type { Store } from '../store.js';

interface Container {
  rdn: string;
  parent: string | undefined;
}

/** Containers of all connectors by `<connector>|<anchor>`: DNs are derived from it, so that renaming an OU changes one object (DESIGN §3). */
export class ContainerCache {
  readonly #containers = new Map<string, Container>();

  async load(store: Store): Promise<void> {
    this.#containers.clear();
    const cursor = store.cs.find(
      { state: 'placeholder', rdn: { $exists: true } },
      { projection: { connector: 1, anchor: 1, rdn: 1, parent: 1 } },
    );
    for await (const document of cursor) {
      if (document.anchor !== undefined && document.rdn !== undefined)
        this.set(document.connector, document.anchor, document.rdn, document.parent);
    }
  }

  set(connector: string, anchor: string, rdn: string, parent: string | undefined): void {
    this.#containers.set(`${connector}|${anchor}`, { rdn, parent });
  }

  delete(connector: string, anchor: string): void {
    this.#containers.delete(`${connector}|${anchor}`);
  }

  /** DN of a container, or undefined when an ancestor is not known yet. The head of a naming context carries its whole DN as RDN. */
  dnOf(connector: string, anchor: string): string | undefined {
    const parts: string[] = [];
    let current: string | undefined = anchor;
    while (current !== undefined) {
      const container = this.#containers.get(`${connector}|${current}`);
      if (container === undefined || parts.length > 200) return undefined;
      parts.push(container.rdn);
      current = container.parent;
    }
    return parts.join(',');
  }

  /** DN of an object from its RDN and parent; `hint` when the parent is unknown. */
  objectDn(connector: string, rdn: string | undefined, parent: string | undefined, hint: string): string {
    if (rdn === undefined || parent === undefined) return hint;
    const base = this.dnOf(connector, parent);
    return base === undefined ? hint : `${rdn},${base}`;
  }

  /** Anchors of the container and of all containers below it. */
  subtree(connector: string, anchor: string): readonly string[] {
    const children = new Map<string, string[]>();
    for (const [id, container] of this.#containers) {
      if (container.parent === undefined || !id.startsWith(`${connector}|`)) continue;
      const list = children.get(container.parent) ?? [];
      list.push(id.slice(connector.length + 1));
      children.set(container.parent, list);
    }
    const found = [anchor];
    for (const current of found) found.push(...(children.get(current) ?? []));
    return found;
  }
}
