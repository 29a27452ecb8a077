import {
  compileExpression,
  functionCatalogue,
  type AttributeDefinition,
  type AttributeFlow,
  type ConnectorDefinition,
  type TypeSchema,
} from '@adjoin/engine';
import { nearestName } from '../document/nearest-name.js';
import type { RuleProblem } from '../document/problem.js';
import { PLACEHOLDERS } from '../options/condition.js';
import type { AttributeSchema } from '../schema/attribute-schema.js';
import type { DraftRule, Place } from './draft.js';

type Types = Readonly<Record<string, TypeSchema>>;

/** Checks names and types of one rule against the schema; every problem with its place. */
export class DraftValidator {
  readonly problems: RuleProblem[] = [];
  readonly #schema: AttributeSchema;
  readonly #connectors: ReadonlyMap<string, ConnectorDefinition>;

  constructor(schema: AttributeSchema, connectors: readonly ConnectorDefinition[]) {
    this.#schema = schema;
    this.#connectors = new Map(connectors.map((one) => [one.name, one]));
  }

  validate(draft: DraftRule): void {
    const { rule } = draft;
    const connector = this.#connectors.get(rule.connector);
    if (connector === undefined) return;
    const space = this.#schema[connector.kind];
    const inbound = rule.direction === 'inbound';
    const sourceTypes = inbound ? space : this.#schema.metaverse;
    const targetTypes = inbound ? this.#schema.metaverse : space;
    const source = this.#type(draft, 'from', rule.sourceType, sourceTypes);
    const target =
      inbound && rule.targetType === '*' ? anyType(targetTypes) : this.#type(draft, 'to', rule.targetType, targetTypes);
    if (source === undefined || target === undefined) return;
    this.#scope(draft, source);
    this.#join(draft, inbound ? source : target, inbound ? target : source);
    const parameters = parametersOf(connector, inbound);
    for (const flow of rule.flows) this.#flow(draft, flow, source, target, parameters);
  }

  #type(draft: DraftRule, key: 'from' | 'to', type: string, types: Types): TypeSchema | undefined {
    const known = types[type];
    if (known === undefined)
      this.#add(inside(draft.place, key), 0, `Unknown object type "${type}".`, nearestName(type, Object.keys(types)));
    return known;
  }

  #scope(draft: DraftRule, source: TypeSchema): void {
    for (const [groupIndex, group] of draft.rule.scope.entries()) {
      for (const [index, clause] of group.entries()) {
        const place = draft.clausePlaces[groupIndex]?.[index] ?? draft.place;
        if (clause.attribute !== 'dn') this.#attribute(clause.attribute, source, place, 0);
        this.#placeholders(clause.value, place);
      }
    }
  }

  #join(draft: DraftRule, connectorSpace: TypeSchema, metaverse: TypeSchema): void {
    for (const [index, group] of draft.rule.join.entries()) {
      const place = draft.joinPlaces[index] ?? draft.place;
      for (const { csAttribute, mvAttribute } of group) {
        const left = this.#attribute(csAttribute, connectorSpace, place, 0);
        const right = this.#attribute(mvAttribute, metaverse, place, 0);
        if (left && right && left.type !== right.type) {
          this.#add(place, 0, `"${csAttribute}" (${left.type}) can never equal "${mvAttribute}" (${right.type}).`);
        }
      }
    }
  }

  #flow(
    draft: DraftRule,
    flow: AttributeFlow,
    source: TypeSchema,
    target: TypeSchema,
    parameters: ReadonlySet<string>,
  ): void {
    const place = draft.flowPlaces.get(flow.to) ?? { ...draft.place, prefix: 0 };
    const outboundDn = flow.to === 'dn' && draft.rule.direction === 'outbound';
    const definition = outboundDn ? DN : target[flow.to];
    if (definition === undefined) {
      const known = nearestName(flow.to, Object.keys(target));
      this.problems.push(
        keyProblem(place, flow.to, `Unknown attribute "${flow.to}" of ${draft.rule.targetType}.`, known),
      );
    }
    if (flow.kind === 'direct') {
      const from = this.#attribute(flow.from, source, place, 0);
      if (from && definition && from.type !== definition.type) {
        this.#add(
          place,
          0,
          `"${flow.from}" is a ${from.type} and "${flow.to}" a ${definition.type}; use an expression that converts.`,
        );
      }
    }
    if (flow.kind === 'constant' && definition && !constantFits(flow.value, definition)) {
      this.#add(place, 0, `"${flow.value}" is not a value of type ${definition.type}, as "${flow.to}" is.`);
    }
    if (flow.kind === 'expression') this.#expression(flow.expression, source, place, parameters, draft.rule.direction);
  }

  #expression(
    text: string,
    source: TypeSchema,
    place: Place & { readonly prefix: number },
    parameters: ReadonlySet<string>,
    direction: 'inbound' | 'outbound',
  ): void {
    const attributes = new Map([
      ...Object.entries(source).map(([name, definition]) => [name, languageType(definition)] as const),
      ['dn', 'str'] as const,
    ]);
    const compiled = compileExpression(text, { attributes, parameters });
    if (compiled.ok) {
      const [imported] = direction === 'outbound' ? compiled.expression.imported : [];
      if (imported !== undefined) {
        const message = `ImportedValue can only be used by inbound rules; in an outbound rule write [${imported}].`;
        this.#add(place, place.prefix + Math.max(text.indexOf('ImportedValue'), 0), message);
      }
      return;
    }
    for (const { code, message, start, end } of compiled.errors) {
      const word = text.slice(start, end);
      const candidates =
        code === 'unknown-function'
          ? functionNames()
          : code === 'unknown-attribute'
            ? attributes.keys()
            : code === 'unknown-parameter'
              ? parameters
              : [];
      this.#add(place, place.prefix + start, message, nearestName(word.replace(/^[[%"]|[\]%"]$/g, ''), candidates));
    }
    this.#placeholders(text, place);
  }

  #attribute(name: string, type: TypeSchema, place: Place, index: number): AttributeDefinition | undefined {
    if (name.includes('${')) {
      this.#placeholders(name, place);
      return undefined;
    }
    const known = type[name];
    if (known === undefined)
      this.#add(place, index, `Unknown attribute "${name}".`, nearestName(name, Object.keys(type)));
    return known;
  }

  #placeholders(text: string, place: Place): void {
    for (const [, name = ''] of text.matchAll(/\$\{([^}]*)\}/g)) {
      this.#add(place, 0, `Unknown option "\${${name}}".`, nearestName(name, PLACEHOLDERS));
    }
  }

  #add(place: Place, index: number, message: string, suggestion?: string): void {
    this.problems.push(place.document.textProblem(place.path, index, message, suggestion));
  }
}

const DN: AttributeDefinition = { type: 'string', multiValued: false };

/** The union of all types: what a rule of target type `*` may name. */
function anyType(types: Types): TypeSchema {
  return Object.assign({}, ...Object.values(types)) as TypeSchema;
}

function inside(place: Place, key: string): Place {
  return { document: place.document, path: [...place.path, key] };
}

function keyProblem(place: Place, key: string, message: string, suggestion: string | undefined): RuleProblem {
  const index = place.path.lastIndexOf(key);
  return index < 0
    ? place.document.problem(place.path, message, suggestion)
    : place.document.keyProblem(place.path.slice(0, index), key, message, suggestion);
}

function constantFits(value: string, { type }: AttributeDefinition): boolean {
  if (type === 'boolean') return /^(true|false)$/i.test(value);
  if (type === 'number') return /^[+-]?\d+$/.test(value);
  return type === 'string';
}

function languageType({
  type,
  multiValued,
}: AttributeDefinition): 'str' | 'mvstr' | 'ref' | 'mvref' | 'num' | 'bool' | 'bin' | 'mvbin' {
  switch (type) {
    case 'string':
      return multiValued ? 'mvstr' : 'str';
    case 'reference':
      return multiValued ? 'mvref' : 'ref';
    case 'binary':
      return multiValued ? 'mvbin' : 'bin';
    case 'number':
      return 'num';
    case 'boolean':
      return 'bool';
  }
}

function functionNames(): readonly string[] {
  return functionCatalogue().map(({ name }) => name);
}

/** Parameters that exist for rules of a connector (engine/expressions.md §8). */
function parametersOf(connector: ConnectorDefinition, inbound: boolean): ReadonlySet<string> {
  const domain = ['Domain.Netbios', 'Domain.FQDN', 'Domain.LDAP', 'Forest.Netbios', 'Forest.FQDN', 'Forest.LDAP'];
  return new Set([
    'Connector.ID',
    'Connector.GroupFilteringGroupDn',
    ...Object.keys(connector.parameters),
    ...(inbound && connector.kind === 'ad' ? domain : []),
    ...(inbound ? Object.values(connector.partitions).flatMap((values) => Object.keys(values)) : []),
  ]);
}
