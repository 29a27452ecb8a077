/** Classes in the order in which they decide the type: a computer is also a user, an inetOrgPerson too. */
const TYPES = ['computer', 'inetOrgPerson', 'user', 'group', 'contact', 'foreignSecurityPrincipal'] as const;
const CONTAINERS = ['organizationalUnit', 'container', 'builtinDomain', 'domainDNS', 'lostAndFound'] as const;

/** Type name of containers, which are placeholders and never joined. */
export const CONTAINER = 'container';

/** Object type by objectClass; undefined for classes that are not imported. */
export function objectTypeOf(objectClasses: readonly string[]): string | undefined {
  const classes = new Set(objectClasses.map((name) => name.toLowerCase()));
  const type = TYPES.find((name) => classes.has(name.toLowerCase()));
  if (type !== undefined) return type;
  return CONTAINERS.some((name) => classes.has(name.toLowerCase())) ? CONTAINER : undefined;
}

/** LDAP filter for everything that {@link objectTypeOf} knows; a partition is read with it in full and in delta imports. */
export const IMPORTED_CLASSES = `(|${['user', 'group', 'contact', 'foreignSecurityPrincipal', ...CONTAINERS].map((name) => `(objectClass=${name})`).join('')})`;
