import { unsupportedQuery } from '../graph/graph-error.js';
import { unknownProperty } from '../schema/check-type.js';
import type { EntityName } from '../schema/property-table.js';
import { complexTypeOf, propertiesOf } from '../schema/property-table.js';
import type { ExtensionDefinition } from '../store/extension-definition.js';
import type { Filter } from './filter.js';
import { filterNodes } from './filter.js';

/** Properties the service refuses in a filter. */
const NOT_FILTERABLE = new Set([
  'aboutMe',
  'birthday',
  'interests',
  'mySite',
  'passwordProfile',
  'pastProjects',
  'preferredName',
  'responsibilities',
  'schools',
  'skills',
  'onPremisesDistinguishedName',
  'onPremisesDomainName',
  'onPremisesUserPrincipalName',
]);

/** Most values of `in`. */
const IN_LIMIT = 15;

/** How the query is sent: advanced ones carry `ConsistencyLevel: eventual` and `$count=true`. */
export interface FilterContext {
  readonly entity: EntityName;
  readonly extensions: ReadonlyMap<string, ExtensionDefinition>;
  readonly advanced: boolean;
}

/** Refuses a filter the service would refuse. @throws GraphError */
export function checkFilter(filter: Filter, context: FilterContext): void {
  const inside = new Set<Filter>();
  for (const node of filterNodes(filter)) {
    if (node.kind === 'any' && node.condition !== undefined) {
      for (const inner of filterNodes(node.condition)) inside.add(inner);
    }
  }
  for (const node of filterNodes(filter)) {
    checkNode(node, context);
    if ('path' in node && !inside.has(node)) checkPath(node.path, context);
  }
}

function checkNode(node: Filter, context: FilterContext): void {
  const advanced =
    node.kind === 'not' ||
    (node.kind === 'compare' && node.operator === 'ne') ||
    (node.kind === 'text' && node.function === 'endsWith');
  if (advanced && !context.advanced) {
    throw unsupportedQuery(
      `Operator '${node.kind === 'text' ? 'endsWith' : 'Not'}' requires the header ConsistencyLevel: eventual and $count=true.`,
    );
  }
  if (node.kind === 'text' && node.function === 'contains') {
    throw unsupportedQuery("Unsupported or invalid query filter clause: 'contains' is not supported.");
  }
  if (node.kind === 'in' && node.values.length > IN_LIMIT) {
    throw unsupportedQuery(`Too many child clauses specified in search filter expression: at most ${IN_LIMIT} values.`);
  }
}

function checkPath(path: string, context: FilterContext): void {
  const [name = '', member] = path.split('/');
  if (name.startsWith('extension_')) {
    if (!context.extensions.has(name)) throw unknownProperty(name);
    return;
  }
  const type = propertiesOf(context.entity).get(name);
  if (type === undefined) throw unknownProperty(path);
  if (NOT_FILTERABLE.has(name))
    throw unsupportedQuery(
      `Unsupported or invalid query filter clause specified for property '${name}' of resource '${context.entity}'.`,
    );
  if (member !== undefined && complexTypeOf(type.name)?.has(member) !== true) throw unknownProperty(path);
}
