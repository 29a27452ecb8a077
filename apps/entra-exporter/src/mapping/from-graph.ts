import {
  GRAPH_ATTRIBUTES,
  type GraphAttribute,
  type GraphObjectType,
  type WireChanges,
  type WireValue,
} from '@adjoin/contracts';
import type { Tenant } from '../tenant/tenant-info.js';
import { extensionsOf, fromExtension } from './extensions.js';
import type { ShadowValue } from './to-graph.js';

/** What of the tenant decides which properties there are. */
type Schema = Pick<Tenant, 'anchorExtension' | 'extensions'>;

/** Resource of Graph by object type of the connector space. */
export const GRAPH_RESOURCE: Readonly<Record<GraphObjectType, string>> = {
  user: 'users',
  group: 'groups',
  device: 'devices',
  contact: 'contacts',
};

const ANCHOR_PREFIX: Readonly<Record<GraphObjectType, string>> = {
  user: 'User',
  group: 'Group',
  device: 'Device',
  contact: 'Contact',
};
/** Properties outside the table that say what kind of group it is and when the object was made. */
const EXTRA: Readonly<Record<GraphObjectType, readonly string[]>> = {
  user: ['id', 'createdDateTime'],
  group: ['id', 'createdDateTime', 'mailEnabled', 'groupTypes'],
  device: ['id', 'registrationDateTime'],
  contact: ['id'],
};

const TABLES: Readonly<Record<GraphObjectType, readonly (readonly [string, GraphAttribute])[]>> = {
  user: Object.entries(GRAPH_ATTRIBUTES.user),
  group: Object.entries(GRAPH_ATTRIBUTES.group),
  device: Object.entries(GRAPH_ATTRIBUTES.device),
  contact: Object.entries(GRAPH_ATTRIBUTES.contact),
};
const propertyOf = (type: GraphObjectType, attribute: GraphAttribute, anchorExtension: string): string =>
  attribute.kind === 'anchor' && type !== 'user' ? anchorExtension : attribute.graph;

/** `$select` of a read of this type; `links` adds members or manager, as delta queries take them. */
export function selectOf(type: GraphObjectType, { anchorExtension, extensions }: Schema, links: boolean): string {
  const properties = TABLES[type]
    .filter(([, attribute]) => links || (attribute.kind !== 'members' && attribute.kind !== 'manager'))
    .map(([, attribute]) => propertyOf(type, attribute, anchorExtension));
  const own = extensionsOf(type, extensions).map(({ name }) => name);
  return [...new Set([...EXTRA[type], ...properties, ...own])].join(',');
}

/**
 * Properties of a Graph object as connector-space attributes; only what the object names (null = cleared).
 * `manager` and `member` are left to the caller, since delta answers tell them apart.
 */
export function fromGraph(
  type: GraphObjectType,
  object: Readonly<Record<string, unknown>>,
  { anchorExtension, extensions }: Schema,
  shadows: Readonly<Record<string, ShadowValue>> = {},
): WireChanges {
  const attributes: Record<string, WireValue | null> = {};
  for (const [name, attribute] of TABLES[type]) {
    if (attribute.kind === 'members' || attribute.kind === 'manager') continue;
    const value = object[propertyOf(type, attribute, anchorExtension)];
    const shadow = shadows[name];
    // A value that is held back is not there; an answer may leave it out or say null.
    if (value === undefined) {
      if (shadow?.sent === null) attributes[name] = shadow.asked;
      continue;
    }
    const wire = wireOf(attribute, value);
    attributes[name] = shadow !== undefined && sameText(shadow.sent, wire) ? shadow.asked : wire;
  }
  for (const extension of extensionsOf(type, extensions)) {
    const value = object[extension.name];
    if (value !== undefined) attributes[extension.name] = fromExtension(extension, value);
  }
  return attributes;
}

/** Attributes every object of a full report carries: its cloud anchor, and whether it is ours. */
export function ownership(type: GraphObjectType, id: string, attributes: WireChanges): WireChanges {
  const anchor = attributes['sourceAnchor'];
  return { cloudAnchor: `${ANCHOR_PREFIX[type]}_${id}`, cloudMastered: typeof anchor !== 'string' || anchor === '' };
}

const sameText = (sent: string | null, value: WireValue | null): boolean =>
  sent === null ? value === null : typeof value === 'string' && value.toLowerCase() === sent.toLowerCase();

function wireOf(attribute: GraphAttribute, value: unknown): WireValue | null {
  if (value === null || value === '') return null;
  if (attribute.kind === 'first')
    return Array.isArray(value) ? (value.length === 0 ? null : String(value[0])) : String(value);
  if (attribute.kind === 'list') return Array.isArray(value) && value.length > 0 ? value.map(String) : null;
  if (attribute.kind === 'boolean') return value === true;
  return String(value);
}
