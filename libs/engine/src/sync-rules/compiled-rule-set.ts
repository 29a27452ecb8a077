import type { CsObject, MvObject, TargetCapabilities } from '../sync/model.js';
import type { CompiledRule } from './inbound-plan.js';
import { InboundPlan } from './inbound-plan.js';
import { InboundFlowTable } from './flow-groups.js';
import type { Parameters } from './flow-source.js';
import { imageOf } from '../connector-space/image.js';
import { inclusionOf } from './inclusion.js';
import { JoinKeyTable } from './join-key-table.js';
import type { AttributeDefinition, ConnectorDefinition, RuleSet, SyncRule } from './model.js';
import { OutboundPlan, type TargetTypeCapability } from './outbound-plan.js';
import { referenceFlowsOf, type ReferenceFlow } from './reference-flows.js';

/**
 * A rule set, ready to run: rules by connector, type and direction, everything that does not depend on an object
 * decided beforehand. Immutable to its user; it remembers combinations of rules it has met.
 */
export class CompiledRuleSet {
  readonly ruleSet: RuleSet;
  readonly inboundFlows = new InboundFlowTable();
  /** Direct flows of multi-valued references, see {@link ReferenceFlow}. */
  readonly referenceFlows: readonly ReferenceFlow[];
  readonly #inbound = new Map<string, Map<string, InboundPlan>>();
  readonly #outbound = new Map<string, readonly OutboundPlan[]>();
  readonly #connectors = new Map<string, ConnectorDefinition>();
  readonly #rules = new Map<string, SyncRule>();
  readonly #keys: JoinKeyTable;
  readonly #parameters = new Map<string, Map<string, Parameters>>();
  readonly #compiled: readonly CompiledRule[];

  /** @param rules enabled rules by precedence */
  constructor(
    ruleSet: RuleSet,
    rules: readonly CompiledRule[],
    capabilities: Readonly<Record<string, TargetCapabilities>>,
  ) {
    this.ruleSet = ruleSet;
    this.#compiled = rules;
    for (const rule of ruleSet.rules) this.#rules.set(rule.id, rule);
    for (const connector of ruleSet.connectors) {
      this.#connectors.set(connector.name, connector);
      this.#inbound.set(
        connector.name,
        inboundPlans(rules.filter(({ rule }) => rule.direction === 'inbound' && rule.connector === connector.name)),
      );
    }
    const outbound = rules.filter(({ rule }) => rule.direction === 'outbound');
    for (const type of new Set(outbound.map(({ rule }) => rule.sourceType))) {
      this.#outbound.set(
        type,
        outboundPlans(
          ruleSet.connectors,
          outbound.filter(({ rule }) => rule.sourceType === type),
          capabilities,
        ),
      );
    }
    this.#keys = new JoinKeyTable(rules);
    this.referenceFlows = referenceFlowsOf(ruleSet, rules);
  }

  /** The rule with this id, also a disabled one. */
  rule(id: string): SyncRule | undefined {
    return this.#rules.get(id);
  }

  connector(name: string): ConnectorDefinition | undefined {
    return this.#connectors.get(name);
  }

  /** Inbound rules of a connector-space type; undefined when there are none. */
  inbound(connector: string, type: string): InboundPlan | undefined {
    return this.#inbound.get(connector)?.get(type);
  }

  /** Outbound rules for a metaverse type, one plan a target connector, in connector order. */
  outbound(mvType: string): readonly OutboundPlan[] {
    return this.#outbound.get(mvType) ?? [];
  }

  metaverseAttribute(type: string, attribute: string): AttributeDefinition | undefined {
    return this.ruleSet.metaverse?.[type]?.[attribute];
  }

  /** Creation order of a connector; unknown ones last. */
  orderOf(connector: string): number {
    return this.#connectors.get(connector)?.order ?? Number.MAX_SAFE_INTEGER;
  }

  /** Parameters for objects of a partition, including `Connector.ID`. */
  parameters(connector: string, partition: string | undefined): Parameters {
    let byPartition = this.#parameters.get(connector);
    if (byPartition === undefined) this.#parameters.set(connector, (byPartition = new Map()));
    const key = partition?.toLowerCase() ?? '';
    let known = byPartition.get(key);
    if (known === undefined) byPartition.set(key, (known = parametersOf(this.#connectors.get(connector), key)));
    return known;
  }

  /** For each type of the connector, the attributes that rules read, sorted: what an import has to bring. */
  inclusion(connector: string): Readonly<Record<string, readonly string[]>> {
    return inclusionOf(this.#compiled, connector);
  }

  /**
   * Attributes of a connector-space type that inbound rules read with ImportedValue. A confirmation that leaves the
   * image as it was and touches none of them cannot change any decision.
   */
  readsImported(connector: string, type: string): ReadonlySet<string> {
    const rules = this.inbound(connector, type)?.rules ?? [];
    return new Set(rules.flatMap(({ flows }) => flows.flatMap(({ imported }) => imported)));
  }

  /** Keys under which inbound and outbound joins find a metaverse object. */
  mvJoinKeys(mv: MvObject): readonly string[] {
    return this.#keys.metaverse(mv.type, mv.attributes);
  }

  /** Keys under which outbound joins find a disjoined connector-space object. */
  csJoinKeys(cs: CsObject): readonly string[] {
    if (cs.link !== undefined) return [];
    return this.#keys.target(cs.connector, cs.type, imageOf(cs));
  }

  /**
   * Metaverse join keys that a disjoined object looks for, by the inbound join rules of its type and by outbound ones
   * read backwards. When a metaverse object gains one of them, the object is due again.
   */
  csWants(cs: CsObject): readonly string[] {
    if (cs.state === 'placeholder' || cs.link !== undefined) return [];
    return this.#keys.wanted(cs.connector, cs.type, imageOf(cs));
  }

  /** The part of {@link csWants} that comes from outbound rules. */
  outboundWants(cs: CsObject): readonly string[] {
    return this.#keys.wantedOutbound(cs.connector, cs.type, imageOf(cs));
  }

  /** Metaverse join keys worth loading before the object is synchronized. */
  searchKeys(cs: CsObject): readonly string[] {
    return this.csWants(cs);
  }
}

function inboundPlans(rules: readonly CompiledRule[]): Map<string, InboundPlan> {
  const types = new Set(rules.map(({ rule }) => rule.sourceType));
  return new Map(
    [...types].map((type) => [type, new InboundPlan(rules.filter(({ rule }) => rule.sourceType === type))]),
  );
}

function outboundPlans(
  connectors: readonly ConnectorDefinition[],
  rules: readonly CompiledRule[],
  capabilities: Readonly<Record<string, TargetCapabilities>>,
): readonly OutboundPlan[] {
  return [...connectors]
    .sort((a, b) => a.order - b.order)
    .flatMap((connector) => {
      const own = rules.filter(({ rule }) => rule.connector === connector.name);
      const known = capabilities[connector.name];
      const capability = (type: string): TargetTypeCapability =>
        known === undefined ? 'all' : (known.types[type] ?? 'none');
      return own.length === 0 ? [] : [new OutboundPlan(connector, own, capability)];
    });
}

function parametersOf(connector: ConnectorDefinition | undefined, partition: string): Parameters {
  if (connector === undefined) return new Map();
  return new Map([
    ['Connector.ID', connector.id],
    ...Object.entries(connector.parameters),
    ...Object.entries(connector.partitions[partition] ?? {}),
  ]);
}
