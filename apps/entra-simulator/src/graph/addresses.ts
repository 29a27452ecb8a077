import type { Json } from '../json.js';
import { stringsOf } from '../json.js';
import type { DirectoryObject } from '../store/directory-object.js';
import { objectConflict } from './graph-error.js';
import type { Tenant } from './tenant.js';

const ADDRESS_TYPES = ['user', 'group', 'orgContact'] as const;

/**
 * The proxy addresses after `mail` is set: the new one becomes primary (upper-case `SMTP:`), the former primary
 * secondary. Only the service writes proxyAddresses (section 1).
 */
export function withPrimary(current: Json | undefined, mail: string | null): readonly string[] {
  const others = stringsOf(current)
    .map((address) => (address.startsWith('SMTP:') ? `smtp:${address.slice(5)}` : address))
    .filter((address) => mail === null || address.toLowerCase() !== `smtp:${mail.toLowerCase()}`);
  return mail === null ? others : [`SMTP:${mail}`, ...others];
}

/** Refuses addresses that another user, group or contact has. @throws GraphError with target proxyAddresses. */
export function checkAddresses(tenant: Tenant, addresses: readonly string[], self: string | undefined): void {
  for (const address of addresses) {
    for (const type of ADDRESS_TYPES) {
      for (const id of tenant.directory.index.find(type, 'proxyAddresses', address)) {
        if (id !== self) throw objectConflict('proxyAddresses');
      }
    }
  }
}

/** Refuses a value of a unique property that another object of the type has, in the recycle bin too if asked. */
export function checkUnique(
  tenant: Tenant,
  object: { readonly type: DirectoryObject['type']; readonly id: string | undefined },
  property: string,
  value: Json | undefined,
  alsoRecycled = false,
): void {
  if (typeof value !== 'string') return;
  const { directory } = tenant;
  const held = [
    ...directory.index.find(object.type, property, value),
    ...(alsoRecycled ? directory.recycledIndex.find(object.type, property, value) : []),
  ];
  if (held.some((id) => id !== object.id)) throw objectConflict(property);
}
