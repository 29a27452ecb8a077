import type { Json } from '../json.js';
import { isJsonObject } from '../json.js';
import type { DirectoryObject } from '../store/directory-object.js';
import { badRequest, notFound } from './graph-error.js';
import type { Tenant } from './tenant.js';

const REFERENCE = /\/v1\.0\/(directoryObjects|users|groups|devices|contacts|servicePrincipals)\/([^/?]+)$/i;
const PLAIN = /^https?:\/\//i;

/** Most relationships one request may bind (section 2). */
export const BIND_LIMIT = 20;

/** The object an `@odata.id` or `@odata.bind` address names. @throws GraphError 400 for a bad address, 404 if absent. */
export function resolveReference(tenant: Tenant, address: Json | undefined): DirectoryObject {
  if (typeof address !== 'string' || !PLAIN.test(address)) {
    throw badRequest('Invalid URL format specified in payload: an absolute URL of a directory object is required.');
  }
  const id = REFERENCE.exec(address)?.[2];
  if (id === undefined) throw badRequest(`Invalid object identifier in '${address}'.`);
  const object = tenant.directory.visible(decodeURIComponent(id).toLowerCase()) ?? byUpn(tenant, address, id);
  if (object === undefined) throw notFound(id);
  return object;
}

function byUpn(tenant: Tenant, address: string, id: string): DirectoryObject | undefined {
  return /\/users\//i.test(address) && id.includes('@') ? findUser(tenant, decodeURIComponent(id)) : undefined;
}

/** A visible user by object id or user principal name. */
export function findUser(tenant: Tenant, key: string): DirectoryObject | undefined {
  const { directory } = tenant;
  const byId = directory.visible(key.toLowerCase());
  if (byId !== undefined) return byId.type === 'user' ? byId : undefined;
  for (const id of directory.index.find('user', 'userPrincipalName', key)) return directory.visible(id);
  return undefined;
}

/** The `@odata.id` of a reference body. */
export function referenceOf(body: Json | undefined): Json | undefined {
  if (!isJsonObject(body)) throw badRequest('Unable to read JSON request payload.');
  const extra = Object.keys(body).find((name) => name !== '@odata.id');
  if (extra !== undefined) throw badRequest(`Invalid property '${extra}'.`);
  return body['@odata.id'];
}

/** The objects of an `@odata.bind` list: all of them, or an error and none. */
export function resolveBind(tenant: Tenant, name: string, value: Json): readonly DirectoryObject[] {
  if (!Array.isArray(value)) throw badRequest(`A collection of addresses is required for '${name}'.`);
  if (value.length > BIND_LIMIT) {
    throw badRequest(`The number of references in '${name}' exceeds the limit of ${BIND_LIMIT}.`);
  }
  return value.map((address: Json) => resolveReference(tenant, address));
}
