import type { FlowGroup } from './flow-groups.js';
import type { FlowSource } from './flow-source.js';

/**
 * Flow groups with an index from source attributes to the groups they can influence. Most attributes of most objects
 * are absent; a group whose flows all give NULL without their attributes is only run when one of them is present.
 */
export class FlowProgram<G extends FlowGroup = FlowGroup> {
  readonly groups: readonly G[];
  /** By slot: attribute name to the groups to run when it is present. */
  readonly #readers: readonly ReadonlyMap<string, readonly number[]>[];
  readonly #byTarget: ReadonlyMap<string, number>;
  readonly #always: Uint8Array;
  readonly #marks: Uint8Array;

  constructor(groups: readonly G[], slots: number) {
    this.groups = groups;
    this.#always = Uint8Array.from(groups, (group) => (canRest(group) ? 0 : 1));
    this.#marks = new Uint8Array(groups.length);
    this.#readers = Array.from({ length: slots }, (_, slot) => readersOf(groups, slot));
    this.#byTarget = new Map(groups.map(({ attribute }, index) => [attribute, index]));
  }

  /**
   * One mark a group: 1 when it has to run for these objects. Valid until the next call; a decision uses it at once.
   * @param target what the target holds now: a group is also run to find out that its value has to go
   */
  due(sources: readonly FlowSource[], target?: object): Uint8Array {
    const marks = this.#marks;
    marks.set(this.#always);
    for (let slot = 0; slot < sources.length; slot++) {
      const readers = this.#readers[slot];
      const object = sources[slot]?.object;
      if (readers === undefined || object === undefined) continue;
      mark(marks, readers, object.attributes);
      if (object.imported !== object.attributes) mark(marks, readers, object.imported);
      if (object.counts !== undefined) mark(marks, readers, object.counts);
    }
    if (target !== undefined) {
      for (const name in target) {
        const index = this.#byTarget.get(name);
        if (index !== undefined) marks[index] = 1;
      }
    }
    return marks;
  }
}

function mark(marks: Uint8Array, readers: ReadonlyMap<string, readonly number[]>, values: object): void {
  for (const name in values) {
    const indexes = readers.get(name);
    if (indexes !== undefined) for (const index of indexes) marks[index] = 1;
  }
}

function canRest(group: FlowGroup): boolean {
  return !group.mixed && group.flows.every(({ flow }) => flow.nullWithout !== undefined && !flow.applyOnce);
}

function readersOf(groups: readonly FlowGroup[], slot: number): ReadonlyMap<string, readonly number[]> {
  const readers = new Map<string, number[]>();
  groups.forEach((group, index) => {
    const names = new Set(
      group.flows.filter((entry) => entry.slot === slot).flatMap(({ flow }) => flow.nullWithout ?? []),
    );
    for (const name of names) {
      const list = readers.get(name);
      if (list === undefined) readers.set(name, [index]);
      else list.push(index);
    }
  });
  return readers;
}
