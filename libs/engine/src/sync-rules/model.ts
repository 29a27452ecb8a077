/**
 * The rule model of declarative provisioning (engine/declarative-provisioning.md §2).
 * Plain data: what a rule file says after parsing, one rule per connector.
 */
export const SCOPE_OPERATORS = [
  'EQUAL',
  'NOTEQUAL',
  'LESSTHAN',
  'LESSTHAN_OR_EQUAL',
  'GREATERTHAN',
  'GREATERTHAN_OR_EQUAL',
  'CONTAINS',
  'NOTCONTAINS',
  'STARTSWITH',
  'NOTSTARTSWITH',
  'ENDSWITH',
  'NOTENDSWITH',
  'ISNULL',
  'ISNOTNULL',
  'ISIN',
  'ISNOTIN',
  'ISBITSET',
  'ISBITNOTSET',
  'ISMEMBEROF',
  'ISNOTMEMBEROF',
] as const;
export type ScopeOperator = (typeof SCOPE_OPERATORS)[number];

export interface ScopeClause {
  readonly attribute: string;
  readonly operator: ScopeOperator;
  /** Comparison value as text; may contain a parameter such as `%Connector.ID%`. Empty for ISNULL and ISNOTNULL. */
  readonly value: string;
}
/** Clauses of one group are joined by AND; groups by OR; no groups means every object. */
export type ScopeGroup = readonly ScopeClause[];

export interface JoinCondition {
  readonly csAttribute: string;
  readonly mvAttribute: string;
  readonly caseSensitive: boolean;
}
/** Conditions of one group are joined by AND; groups are alternatives tried in order. */
export type JoinGroup = readonly JoinCondition[];

export const LINK_TYPES = ['Provision', 'Join', 'StickyJoin', 'JoinNoFlow'] as const;
export type LinkType = (typeof LINK_TYPES)[number];

export const MERGE_TYPES = ['Update', 'Replace', 'Merge', 'MergeCaseInsensitive'] as const;
export type MergeType = (typeof MERGE_TYPES)[number];

interface FlowBase {
  /** Target attribute; outbound `dn` sets the connector-space DN. */
  readonly to: string;
  /** Applied only while the target object is being created. */
  readonly applyOnce: boolean;
  readonly merge: MergeType;
}
export type AttributeFlow =
  | (FlowBase & { readonly kind: 'direct'; readonly from: string })
  | (FlowBase & { readonly kind: 'constant'; readonly value: string })
  | (FlowBase & { readonly kind: 'expression'; readonly expression: string });

export interface SyncRule {
  /** Stable identifier, unique in the rule set. */
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
  /** `Microsoft.<Name>.<revision>`-like tag; only on default rules. */
  readonly tag?: string | undefined;
  readonly standard: boolean;
  readonly direction: 'inbound' | 'outbound';
  /** Name of the connector the rule belongs to. */
  readonly connector: string;
  /** Inbound: connector-space type. Outbound: metaverse type. */
  readonly sourceType: string;
  /** Inbound: metaverse type or `*`. Outbound: connector-space type. */
  readonly targetType: string;
  readonly linkType: LinkType;
  /** Lower number = higher precedence; unique in the rule set. */
  readonly precedence: number;
  readonly passwordSync: boolean;
  readonly disabled: boolean;
  readonly scope: readonly ScopeGroup[];
  readonly join: readonly JoinGroup[];
  readonly flows: readonly AttributeFlow[];
}

export type AttributeType = 'string' | 'reference' | 'number' | 'boolean' | 'binary';
export interface AttributeDefinition {
  readonly type: AttributeType;
  readonly multiValued: boolean;
}
/** Attributes of one object type by name; a type that is not listed is not checked. */
export type TypeSchema = Readonly<Record<string, AttributeDefinition>>;

export interface ConnectorDefinition {
  readonly name: string;
  /** GUID of the connector, value of `%Connector.ID%`. */
  readonly id: string;
  readonly kind: 'ad' | 'entra';
  /** Creation order; breaks ties and orders forests. */
  readonly order: number;
  /** Parameters for expressions and scope values, e.g. `Forest.FQDN`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Parameters that depend on the partition (domain), by partition DN in lower case, e.g. `Domain.FQDN`. */
  readonly partitions: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Connector-space schema by object type. */
  readonly schema?: Readonly<Record<string, TypeSchema>> | undefined;
}

/** Everything the engine needs to be compiled: connectors, rules and the metaverse schema. */
export interface RuleSet {
  readonly connectors: readonly ConnectorDefinition[];
  readonly rules: readonly SyncRule[];
  readonly metaverse?: Readonly<Record<string, TypeSchema>> | undefined;
}
