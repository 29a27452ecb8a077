import type { DirectoryEntry } from '../counting/directory-object.js';

/** An entry for tests; attribute names in any case. */
export function entry(
  dn: string,
  attributes: Readonly<Record<string, string | readonly string[]>>,
  classes: readonly string[] = ['user'],
): DirectoryEntry {
  const values = Object.entries(attributes).map(
    ([name, value]) => [name.toLowerCase(), typeof value === 'string' ? [value] : value] as const,
  );
  return {
    dn,
    domain: 'corp.test',
    anchor: Buffer.from(dn).toString('base64'),
    classes: new Set(classes.map((name) => name.toLowerCase())),
    values: new Map(values),
  };
}

/** An enabled user with a name in the container. */
export function user(
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  container = 'OU=Sales',
): DirectoryEntry {
  return entry(`CN=${name},${container},OU=Adjoin,DC=corp,DC=test`, {
    cn: name,
    displayName: name,
    sAMAccountName: name.toLowerCase(),
    userPrincipalName: `${name.toLowerCase()}@corp.test`,
    userAccountControl: '512',
    ...attributes,
  });
}

/** A global security group. */
export function group(name: string, members: readonly DirectoryEntry[], groupType = '-2147483646'): DirectoryEntry {
  const attributes = { cn: name, sAMAccountName: name, groupType, member: members.map(({ dn }) => dn) };
  return entry(`CN=${name},OU=Groups,OU=Adjoin,DC=corp,DC=test`, attributes, ['group']);
}

/** The same entry in another forest: another object. */
export function inForest(domain: string, original: DirectoryEntry): DirectoryEntry {
  const dn = original.dn.replace('DC=corp,DC=test', `DC=${domain.replace('.', ',DC=')}`);
  return { ...original, dn, domain, anchor: Buffer.from(`${domain}|${dn}`).toString('base64') };
}
