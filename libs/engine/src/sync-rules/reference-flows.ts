import type { CompiledRule } from './inbound-plan.js';
import type { RuleSet, TypeSchema } from './model.js';

/**
 * A direct flow of a multi-valued reference attribute. The caller may keep such values as edges outside of the objects:
 * nothing but the pair of ends decides whether an edge is wanted.
 */
export interface ReferenceFlow {
  readonly direction: 'inbound' | 'outbound';
  readonly rule: string;
  readonly precedence: number;
  readonly connector: string;
  readonly csType: string;
  readonly csAttribute: string;
  /** Metaverse type, or `*`. */
  readonly mvType: string;
  readonly mvAttribute: string;
}

/** All such flows by precedence. An attribute counts as multi-valued reference when the schema of either side says so. */
export function referenceFlowsOf(ruleSet: RuleSet, rules: readonly CompiledRule[]): readonly ReferenceFlow[] {
  return rules.flatMap(({ rule, flows }) => {
    const inbound = rule.direction === 'inbound';
    const csType = inbound ? rule.sourceType : rule.targetType;
    const mvType = inbound ? rule.targetType : rule.sourceType;
    const connector = ruleSet.connectors.find(({ name }) => name === rule.connector);
    return flows.flatMap((flow) => {
      if (flow.direct === undefined) return [];
      const csAttribute = inbound ? flow.direct : flow.to;
      const mvAttribute = inbound ? flow.to : flow.direct;
      const isReference =
        isMultiReference(connector?.schema?.[csType], csAttribute) ||
        isMultiReference(ruleSet.metaverse?.[mvType], mvAttribute);
      if (!isReference) return [];
      return [
        {
          direction: rule.direction,
          rule: rule.id,
          precedence: rule.precedence,
          connector: rule.connector,
          csType,
          csAttribute,
          mvType,
          mvAttribute,
        },
      ];
    });
  });
}

function isMultiReference(schema: TypeSchema | undefined, attribute: string): boolean {
  const definition = schema?.[attribute];
  return definition?.type === 'reference' && definition.multiValued;
}
