import { compact } from '../attribute/compact.js';
import type { AttributeValue } from '../attribute/value.js';
import type { Contribution, MvObject } from '../sync/model.js';
import { sameList, sameValue } from '../sync/sameness.js';

/** The attribute side of a metaverse object. */
export type MvContent = Pick<MvObject, 'attributes' | 'lineage' | 'waitsFor'>;

/**
 * Collects the attributes of a metaverse object and notices on the way whether anything differs from the present ones:
 * most decisions change nothing, and then no object is made.
 */
export class MvContentBuilder {
  readonly #present: MvContent;
  readonly #names: string[] = [];
  readonly #values: AttributeValue[] = [];
  readonly #lineages: (readonly Contribution[])[] = [];
  #same = true;

  constructor(present: MvContent) {
    this.#present = present;
  }

  add(name: string, value: AttributeValue, lineage: readonly Contribution[]): void {
    this.#names.push(name);
    this.#values.push(value);
    this.#lineages.push(lineage);
    if (!this.#same) return;
    const { attributes, lineage: before } = this.#present;
    this.#same = sameValue(attributes[name], value) && sameLineage(before[name], lineage);
  }

  /** @returns the present content itself when nothing differs */
  build(waitsFor: readonly string[]): MvContent {
    const { attributes: present, waitsFor: waited } = this.#present;
    if (this.#same && Object.keys(present).length === this.#names.length && sameList(waited, waitsFor))
      return this.#present;
    const attributes: Record<string, AttributeValue> = {};
    const lineage: Record<string, readonly Contribution[]> = {};
    this.#names.forEach((name, index) => {
      const value = this.#values[index];
      if (value === undefined) return;
      attributes[name] = value;
      lineage[name] = this.#lineages[index] ?? [];
    });
    return { attributes: compact(attributes), lineage: compact(lineage), waitsFor };
  }
}

/** Equality of what flows decide: values as sets, contributors by object and rule. */
export function sameContent(a: MvContent, b: MvContent): boolean {
  const names = Object.keys(b.attributes);
  if (names.length !== Object.keys(a.attributes).length || !sameList(a.waitsFor, b.waitsFor)) return false;
  return names.every(
    (name) => sameValue(a.attributes[name], b.attributes[name]) && sameLineage(a.lineage[name], b.lineage[name]),
  );
}

function sameLineage(a: readonly Contribution[] | undefined, b: readonly Contribution[] | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++)
    if (a[index]?.cs !== b[index]?.cs || a[index]?.rule !== b[index]?.rule) return false;
  return true;
}
