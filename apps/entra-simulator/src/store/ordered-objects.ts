import type { DirectoryObject } from './directory-object.js';

/** Objects of one type in creation order, so that pages can continue after an ordinal. */
export class OrderedObjects {
  #items: (DirectoryObject | undefined)[] = [];
  readonly #position = new Map<string, number>();
  #next = 1;

  get size(): number {
    return this.#position.size;
  }

  add(object: DirectoryObject): void {
    object.ordinal = this.#next++;
    this.#position.set(object.id, this.#items.length);
    this.#items.push(object);
  }

  remove(object: DirectoryObject): void {
    const position = this.#position.get(object.id);
    if (position === undefined) return;
    this.#position.delete(object.id);
    this.#items[position] = undefined;
    if (this.#items.length > 64 && this.#position.size < this.#items.length / 2) this.#compact();
  }

  /** Objects with an ordinal above `ordinal`, lowest first. */
  *after(ordinal: number): Generator<DirectoryObject> {
    // Removal leaves a hole and compaction makes a new array, so a walk stays valid while objects go.
    const items = this.#items;
    for (let index = this.#start(ordinal); index < items.length; index += 1) {
      const object = items[index];
      if (object !== undefined && object.ordinal > ordinal) yield object;
    }
  }

  #start(ordinal: number): number {
    if (ordinal <= 0) return 0;
    const first = this.#items.findIndex((item) => item !== undefined);
    const lowest = first < 0 ? undefined : this.#items[first];
    if (lowest === undefined) return 0;
    let low = first;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const probe = this.#nextHeld(middle, high);
      if (probe === undefined) high = middle;
      else if (probe.object.ordinal <= ordinal) low = probe.index + 1;
      else high = middle;
    }
    return low;
  }

  #nextHeld(from: number, to: number): { readonly index: number; readonly object: DirectoryObject } | undefined {
    for (let index = from; index < to; index += 1) {
      const object = this.#items[index];
      if (object !== undefined) return { index, object };
    }
    return undefined;
  }

  #compact(): void {
    this.#items = this.#items.filter((item) => item !== undefined);
    this.#items.forEach((item, index) => item && this.#position.set(item.id, index));
  }
}
