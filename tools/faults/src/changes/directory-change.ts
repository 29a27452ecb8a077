/** One change of Active Directory. Objects are named by their DN at that moment. */
export type DirectoryChange =
  | { readonly kind: 'set'; readonly dn: string; readonly attribute: string; readonly value: string | null }
  | { readonly kind: 'rename'; readonly dn: string; readonly newDn: string }
  /** Out of the scope of synchronization, or back. */
  | { readonly kind: 'leave' | 'return'; readonly dn: string; readonly newDn: string; readonly anchor: string }
  | { readonly kind: 'create-user'; readonly dn: string; readonly account: string; readonly title: string }
  | { readonly kind: 'create-group'; readonly dn: string; readonly account: string }
  | { readonly kind: 'delete'; readonly dn: string; readonly anchor: string }
  | { readonly kind: 'add-member' | 'remove-member'; readonly group: Named; readonly member: Named };

/** An object with its source anchor. */
export interface Named {
  readonly dn: string;
  readonly anchor: string;
}

/** A change as one line for people. */
export function describeChange(change: DirectoryChange): string {
  switch (change.kind) {
    case 'set':
      return `${change.attribute} = ${change.value ?? '(none)'} of ${change.dn}`;
    case 'rename':
    case 'leave':
    case 'return':
      return `${change.kind} ${change.dn} -> ${change.newDn}`;
    case 'create-user':
    case 'create-group':
    case 'delete':
      return `${change.kind} ${change.dn}`;
    case 'add-member':
    case 'remove-member':
      return `${change.kind} ${change.member.dn} in ${change.group.dn}`;
  }
}
