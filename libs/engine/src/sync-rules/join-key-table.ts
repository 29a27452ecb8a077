import type { Attributes } from '../attribute/value.js';
import type { CompiledRule } from './inbound-plan.js';
import { addJoinKeys } from './join-key.js';

interface Want {
  /** Attribute of the connector-space object. */
  readonly from: string;
  /** Attribute of the metaverse. */
  readonly key: string;
}

/** Which attributes make the join keys of which objects; the answer of all joins to "how can I be found". */
export class JoinKeyTable {
  readonly #metaverse = new Map<string, Set<string>>();
  readonly #anyMetaverse = new Set<string>();
  readonly #target = new Map<string, Map<string, Set<string>>>();
  readonly #wanted = new Map<string, Map<string, Map<string, Want>>>();
  readonly #wantedOutbound = new Map<string, Map<string, Map<string, Want>>>();

  constructor(rules: readonly CompiledRule[]) {
    for (const { rule } of rules) {
      const inbound = rule.direction === 'inbound';
      const mvType = inbound ? rule.targetType : rule.sourceType;
      const csType = inbound ? rule.sourceType : rule.targetType;
      for (const { csAttribute, mvAttribute } of rule.join.flat()) {
        (mvType === '*' ? this.#anyMetaverse : entry(this.#metaverse, mvType, () => new Set<string>())).add(
          mvAttribute,
        );
        if (!inbound) nested(this.#target, rule.connector, csType, () => new Set<string>()).add(csAttribute);
        const want = { from: csAttribute, key: mvAttribute };
        nested(this.#wanted, rule.connector, csType, () => new Map<string, Want>()).set(
          `${want.from}\u0000${want.key}`,
          want,
        );
        if (!inbound)
          nested(this.#wantedOutbound, rule.connector, csType, () => new Map<string, Want>()).set(
            `${want.from}\u0000${want.key}`,
            want,
          );
      }
    }
  }

  metaverse(type: string, attributes: Attributes): readonly string[] {
    const keys = new Set<string>();
    for (const attribute of this.#metaverse.get(type) ?? []) addJoinKeys(attribute, attributes[attribute], keys);
    for (const attribute of this.#anyMetaverse) addJoinKeys(attribute, attributes[attribute], keys);
    return [...keys];
  }

  target(connector: string, type: string, attributes: Attributes): readonly string[] {
    const keys = new Set<string>();
    for (const attribute of this.#target.get(connector)?.get(type) ?? [])
      addJoinKeys(attribute, attributes[attribute], keys);
    return [...keys];
  }

  wanted(connector: string, type: string, attributes: Attributes): readonly string[] {
    return wantedKeys(this.#wanted.get(connector)?.get(type), attributes);
  }

  wantedOutbound(connector: string, type: string, attributes: Attributes): readonly string[] {
    return wantedKeys(this.#wantedOutbound.get(connector)?.get(type), attributes);
  }
}

function wantedKeys(wants: ReadonlyMap<string, Want> | undefined, attributes: Attributes): readonly string[] {
  const keys = new Set<string>();
  for (const want of wants?.values() ?? []) addJoinKeys(want.key, attributes[want.from], keys);
  return [...keys];
}

function entry<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

function nested<V>(map: Map<string, Map<string, V>>, first: string, second: string, make: () => V): V {
  return entry(
    entry(map, first, () => new Map<string, V>()),
    second,
    make,
  );
}
