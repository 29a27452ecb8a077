import { compareKey, valuesOf, type AttributeValue, type Scalar } from '../attribute/value.js';
import type { CompiledFlow, Merging } from '../sync-rules/compiled-flow.js';
import type { FlowGroup, SlotFlow } from '../sync-rules/flow-groups.js';
import type { FlowSource } from '../sync-rules/flow-source.js';
import { AUTHORITATIVE_NULL, IGNORE, type FlowValue } from '../sync-rules/flow-value.js';
import { ObjectFailure } from './object-failure.js';

/** Result of the contest for one attribute. `keep`: every flow said IgnoreThisFlow, the present value stays. */
export interface Contest {
  readonly value: AttributeValue | undefined;
  readonly keep: boolean;
  /** Winner first; all contributors of a merged value. */
  readonly winners: readonly SlotFlow[];
}

/** What an apply-once flow gives: the value it has, or IGNORE when it must not run any more. */
export type OnceRule = (flow: CompiledFlow, slot: number, evaluate: () => FlowValue) => FlowValue;

const nobody: readonly SlotFlow[] = [];
const nothing: Contest = { value: undefined, keep: false, winners: nobody };
const kept: Contest = { value: undefined, keep: true, winners: nobody };

/** Decides one attribute by precedence and merge type (declarative-provisioning.md §7-§9). */
export function contest(group: FlowGroup, sources: readonly FlowSource[], once: OnceRule): Contest {
  if (group.mixed) {
    const rules = [...new Set(group.flows.map(({ flow }) => `"${flow.rule.name}"`))].join(', ');
    throw new ObjectFailure(
      'mixed-merge-types',
      `The rules in scope use different merge types for ${group.attribute}: ${rules}.`,
      {
        attribute: group.attribute,
      },
    );
  }
  return group.merging === 'replace' ? firstOf(group, sources, once) : unionOf(group, sources, once);
}

/** Evaluates one flow of a group on its source object. */
export function evaluateFlow({ flow, slot }: SlotFlow, sources: readonly FlowSource[], once: OnceRule): FlowValue {
  const source = sources[slot];
  if (source === undefined) return null;
  return flow.applyOnce ? once(flow, slot, () => flow.evaluate(source)) : flow.evaluate(source);
}

function firstOf(group: FlowGroup, sources: readonly FlowSource[], once: OnceRule): Contest {
  let ignored = false;
  let empty = false;
  for (const entry of group.flows) {
    const value = evaluateFlow(entry, sources, once);
    if (value === null) empty = true;
    else if (value === IGNORE) ignored = true;
    else if (value === AUTHORITATIVE_NULL) return nothing;
    else return { value, keep: false, winners: [entry] };
  }
  return ignored && !empty ? kept : nothing;
}

function unionOf(group: FlowGroup, sources: readonly FlowSource[], once: OnceRule): Contest {
  const winners: SlotFlow[] = [];
  const union = new Union(group.merging);
  let ignored = false;
  let empty = false;
  for (const entry of group.flows) {
    const value = evaluateFlow(entry, sources, once);
    if (value === AUTHORITATIVE_NULL) break;
    if (value === null) empty = true;
    else if (value === IGNORE) ignored = true;
    else {
      union.add(value);
      winners.push(entry);
    }
  }
  if (winners.length === 0) return ignored && !empty ? kept : nothing;
  return { value: union.values, keep: false, winners };
}

/** What is present plus what is added: outbound, a merged attribute never takes away (declarative-provisioning.md §7). */
export function mergeInto(present: AttributeValue, added: AttributeValue, merging: Merging): AttributeValue {
  const union = new Union(merging);
  union.add(present);
  union.add(added);
  return union.values;
}

/** A growing set; the first of values that count as equal stays. */
class Union {
  readonly values: Scalar[] = [];
  readonly #keys = new Set<string>();
  readonly #ignoreCase: boolean;

  constructor(merging: Merging) {
    this.#ignoreCase = merging === 'union-ignore-case';
  }

  add(value: AttributeValue): void {
    for (const one of valuesOf(value)) {
      const key = this.#ignoreCase && typeof one === 'string' ? `s:${one.toLowerCase()}` : compareKey(one);
      if (this.#keys.has(key)) continue;
      this.#keys.add(key);
      this.values.push(one);
    }
  }
}
