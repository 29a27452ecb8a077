import type { Named } from './directory-change.js';

/** An object of the directory as the changes see it. */
export interface ModelObject extends Named {
  readonly kind: 'user' | 'group';
  readonly inScope: boolean;
  /** Number value of userAccountControl; 0 for groups. */
  readonly control: number;
  readonly members: ReadonlySet<string>;
}

/** What the changes that were made so far have left of a forest: enough to choose a change that is possible. */
export class DirectoryModel {
  readonly #objects = new Map<string, ModelObject>();
  /** Containers in scope. */
  readonly containers: readonly string[];
  /** A container out of scope. */
  readonly outside: string;

  constructor(
    objects: readonly ModelObject[],
    places: { readonly containers: readonly string[]; readonly outside: string },
  ) {
    for (const object of objects) this.#objects.set(object.anchor, object);
    this.containers = places.containers;
    this.outside = places.outside;
  }

  users(inScope: boolean): readonly ModelObject[] {
    return [...this.#objects.values()].filter((one) => one.kind === 'user' && one.inScope === inScope);
  }

  groups(): readonly ModelObject[] {
    return [...this.#objects.values()].filter((one) => one.kind === 'group');
  }

  get(anchor: string): ModelObject | undefined {
    return this.#objects.get(anchor);
  }

  put(object: ModelObject): void {
    this.#objects.set(object.anchor, object);
  }

  /** Takes an object out, and out of every group. */
  remove(anchor: string): void {
    this.#objects.delete(anchor);
    for (const group of this.groups())
      if (group.members.has(anchor))
        this.put({ ...group, members: new Set([...group.members].filter((one) => one !== anchor)) });
  }

  /** Tells the anchor of an object that was created under a name of its own until then. */
  rename(anchor: string, newAnchor: string): void {
    const object = this.#objects.get(anchor);
    if (object === undefined || anchor === newAnchor) return;
    this.#objects.delete(anchor);
    this.put({ ...object, anchor: newAnchor });
  }
}
