import { GRAPH_ATTRIBUTES } from '@adjoin/contracts';
import { LAB_TENANT } from '@adjoin/stack';
import { z } from 'zod';
import type { GraphReader } from '../graph/graph-client.js';
import type { TenantDomains } from './expected-values.js';

/** A user as Graph shows it. */
export interface TenantUser {
  readonly id: string;
  readonly anchor: string | null;
  /** User principal name. */
  readonly name: string;
  readonly managerId: string | null;
  readonly values: Readonly<Record<string, unknown>>;
}

/** A group as Graph shows it. */
export interface TenantGroup {
  readonly id: string;
  readonly anchor: string | null;
  /** Display name. */
  readonly name: string;
  readonly memberIds: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
}

/** All users and groups of the tenant. */
export interface TenantContent {
  readonly users: readonly TenantUser[];
  readonly groups: readonly TenantGroup[];
}

/** Directory extension that carries the source anchor of groups. */
export const ANCHOR_PROPERTY = `extension_${LAB_TENANT.clientId.replaceAll('-', '')}_sourceAnchor`;

const PAGE = 999;
const PARALLEL = 8;
const withId = z.object({ id: z.string() });
const domain = z.object({ id: z.string(), isVerified: z.boolean(), isInitial: z.boolean() });
const userFields = z.looseObject({
  id: z.string(),
  userPrincipalName: z.string(),
  onPremisesImmutableId: z.string().nullish(),
  manager: withId.nullish(),
});
const groupFields = z.looseObject({ id: z.string(), displayName: z.string().nullish() });

/** Properties of a type that the exporter may write, with Graph's names. */
function properties(type: 'user' | 'group'): readonly string[] {
  const references = new Set(['manager', 'members', 'sourceAnchor']);
  return Object.values(GRAPH_ATTRIBUTES[type])
    .map(({ graph }) => graph)
    .filter((name) => !references.has(name));
}

/** Verified domains and the initial domain of the tenant. */
export async function readDomains(graph: GraphReader): Promise<TenantDomains> {
  const domains = z.array(domain).parse(await graph.list('/domains'));
  return {
    verified: new Set(domains.filter(({ isVerified }) => isVerified).map(({ id }) => id.toLowerCase())),
    initial: domains.find(({ isInitial }) => isInitial)?.id ?? '',
  };
}

/** Reads every user with its manager and every group with its direct members. */
export async function readTenant(graph: GraphReader): Promise<TenantContent> {
  const [users, groups] = await Promise.all([readUsers(graph), readGroups(graph)]);
  return { users, groups };
}

/** Users and groups by source anchor; the last wins. */
export async function readIds(graph: GraphReader): Promise<ReadonlyMap<string, string>> {
  const users = await graph.list(`/users?$select=id,onPremisesImmutableId&$top=${PAGE}`);
  const groups = await graph.list(`/groups?$select=id,${ANCHOR_PROPERTY}&$top=${PAGE}`);
  const pairs = [...users, ...groups].map((object) => [
    text(object['onPremisesImmutableId']) ?? text(object[ANCHOR_PROPERTY]) ?? '',
    String(object['id']),
  ]);
  return new Map(pairs as [string, string][]);
}

async function readUsers(graph: GraphReader): Promise<readonly TenantUser[]> {
  const select = ['id', ...properties('user')].join(',');
  const items = await graph.list(`/users?$select=${select}&$expand=manager($select=id)&$top=${PAGE}`);
  return items.map((item) => {
    const { id, userPrincipalName, onPremisesImmutableId, manager } = userFields.parse(item);
    return {
      id,
      anchor: onPremisesImmutableId ?? null,
      name: userPrincipalName,
      managerId: manager?.id ?? null,
      values: item,
    };
  });
}

async function readGroups(graph: GraphReader): Promise<readonly TenantGroup[]> {
  const select = ['id', ...properties('group'), ANCHOR_PROPERTY].join(',');
  const items = await graph.list(`/groups?$select=${select}&$top=${PAGE}`);
  return inParallel(items, async (item) => {
    const { id, displayName } = groupFields.parse(item);
    const members = await graph.list(`/groups/${id}/members?$select=id&$top=${PAGE}`);
    return {
      id,
      anchor: text(item[ANCHOR_PROPERTY]) ?? null,
      name: displayName ?? id,
      memberIds: members.map((member) => withId.parse(member).id),
      values: item,
    };
  });
}

/** Like map, with a few at a time; the order stays. */
async function inParallel<T, R>(items: readonly T[], action: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const entries = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of entries) results[index] = await action(item);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return results;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
