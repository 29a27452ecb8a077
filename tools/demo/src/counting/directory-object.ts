/** A user, group, contact or foreign security principal of Active Directory as LDAP shows it, without any interpretation. */
export interface DirectoryEntry {
  readonly dn: string;
  /** DNS name of the domain it was read from. */
  readonly domain: string;
  /** Bytes of objectGUID in Base64. */
  readonly anchor: string;
  /** Lower case. */
  readonly classes: ReadonlySet<string>;
  /** Values by attribute name in lower case, SIDs as text; attributes without values are absent. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** First value of an attribute. */
export function first(entry: DirectoryEntry, name: string): string | undefined {
  return entry.values.get(name.toLowerCase())?.[0];
}

/** All values of an attribute. */
export function all(entry: DirectoryEntry, name: string): readonly string[] {
  return entry.values.get(name.toLowerCase()) ?? [];
}

/** An integer attribute; undefined when it is absent. */
export function integer(entry: DirectoryEntry, name: string): bigint | undefined {
  const text = first(entry, name);
  return text === undefined || !/^-?\d+$/.test(text) ? undefined : BigInt(text);
}

const ACCOUNT_DISABLED = 2n;

/** Whether bit 2 of userAccountControl says that somebody may sign in. */
export function isEnabled(entry: DirectoryEntry): boolean {
  return ((integer(entry, 'userAccountControl') ?? 0n) & ACCOUNT_DISABLED) === 0n;
}
