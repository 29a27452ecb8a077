import { z } from 'zod';
import type { GraphApi } from '@adjoin/graph';

const page = z.object({
  value: z.array(z.object({ id: z.string(), displayName: z.string().nullish(), '@odata.type': z.string().optional() })),
  '@odata.nextLink': z.string().optional(),
});
type Item = z.infer<typeof page>['value'][number];

const PERMISSION = '(permission RoleManagement.Read.Directory or Directory.Read.All)';

/**
 * Who holds a directory role, directly or as a member of a group: names of the roles by object id. Every role counts: none of them belongs on an
 * account whose password comes from a directory on premises. Roles that somebody may activate but has not are not seen here.
 */
export async function readRoleHolders(
  api: GraphApi,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const holders = new Map<string, string[]>();
  for (const role of await readAll(api, '/directoryRoles', 'Reading directory roles', signal)) {
    const name = role.displayName ?? role.id;
    const members = await readAll(api, `/directoryRoles/${role.id}/members`, 'Reading members of a role', signal);
    for (const member of members) {
      const holdersOfRole = member['@odata.type']?.toLowerCase().endsWith('.group')
        ? await readAll(api, `/groups/${member.id}/transitiveMembers`, 'Reading members of a role group', signal)
        : [member];
      for (const { id } of holdersOfRole)
        holders.set(id.toLowerCase(), [...(holders.get(id.toLowerCase()) ?? []), name]);
    }
  }
  return holders;
}

async function readAll(api: GraphApi, path: string, what: string, signal?: AbortSignal): Promise<readonly Item[]> {
  const found: Item[] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const answer: z.infer<typeof page> = page.parse(await api.must('GET', next, `${what} ${PERMISSION}`, { signal }));
    found.push(...answer.value);
    next = answer['@odata.nextLink'];
  }
  return found;
}
