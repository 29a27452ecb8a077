import type { GraphObjectType, WireChanges } from '@adjoin/contracts';
import type { DeltaItem, DeltaMember } from '@adjoin/graph';
import { fromGraph, ownership } from '../mapping/from-graph.js';
import type { ShadowValue } from '../mapping/to-graph.js';
import type { Tenant } from '../tenant/tenant-info.js';
import type { ChangeBody } from './change-publisher.js';

export type Shadows = ReadonlyMap<string, Readonly<Record<string, ShadowValue>>>;
export interface ItemContext {
  readonly type: GraphObjectType;
  readonly tenant: Tenant;
  readonly shadows: Shadows;
  readonly readStartedAt: string;
}

/** Does the item carry properties of its own, not only links? */
export function hasProperties(item: DeltaItem): boolean {
  return Object.keys(item).some((name) => name !== 'id' && !name.startsWith('@') && !name.includes('@'));
}

/** The attributes an item names; with the manager when the item speaks of it. */
export function attributesOf(item: DeltaItem, { type, tenant, shadows }: ItemContext): WireChanges {
  const attributes: WireChanges = fromGraph(type, item, tenant, shadows.get(item.id));
  const manager = managerOf(item['manager@delta']);
  if (manager !== undefined) attributes['manager'] = manager;
  return attributes;
}

/** The object as a whole: what is not named does not exist. */
export function wholeOf(item: DeltaItem, context: ItemContext): ChangeBody {
  const named = attributesOf(item, context);
  const attributes = Object.fromEntries(
    Object.entries({ ...named, ...ownership(context.type, item.id, named) }).filter(([, value]) => value !== null),
  );
  return {
    anchor: item.id,
    op: 'whole',
    objectType: context.type,
    dn: dnOf(item.id, attributes),
    attributes,
    readStartedAt: context.readStartedAt,
  };
}

/** What a delta read says about an object that is known. */
export function deltaOf(item: DeltaItem, context: ItemContext): ChangeBody {
  const named = attributesOf(item, context);
  // Who owns the object is known only when the answer names the anchor.
  const attributes = 'sourceAnchor' in named ? { ...named, ...ownership(context.type, item.id, named) } : named;
  return {
    anchor: item.id,
    op: 'delta',
    objectType: context.type,
    readStartedAt: context.readStartedAt,
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
    ...membersOf(item['members@delta']),
  };
}

export function removalOf(item: DeltaItem, context: ItemContext): ChangeBody {
  return {
    anchor: item.id,
    op: 'delete',
    reason: 'tombstone',
    objectType: context.type,
    readStartedAt: context.readStartedAt,
  };
}

/**
 * Distinguished name in the connector space: `CN={<hex of the source anchor, or of the cloud id>}` (engine/entra-service.md section 1).
 */
export function dnOf(id: string, attributes: WireChanges): string {
  const anchor = attributes['sourceAnchor'];
  return `CN={${Buffer.from(typeof anchor === 'string' ? anchor : id)
    .toString('hex')
    .toUpperCase()}}`;
}

function membersOf(members: readonly DeltaMember[] | undefined): Pick<ChangeBody, 'references'> {
  if (members === undefined || members.length === 0) return {};
  const add: { $ref: string }[] = [];
  const remove: { $ref: string }[] = [];
  for (const member of members) (member['@removed'] === undefined ? add : remove).push({ $ref: member.id });
  return { references: { member: { mode: 'change', add, remove } } };
}

function managerOf(links: readonly DeltaMember[] | undefined): { $ref: string } | null | undefined {
  const last = links?.at(-1);
  if (last === undefined) return undefined;
  return last['@removed'] === undefined ? { $ref: last.id } : null;
}
