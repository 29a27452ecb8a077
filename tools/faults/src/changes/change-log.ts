import type { DirectoryChange } from './directory-change.js';
import type { DirectoryModel } from './directory-model.js';

/** What was done to the directory, as far as a checker has to know it: what may be missing in the tenant at some time. */
export interface MadeChanges {
  /** Anchors of objects that were deleted or left the scope at some time. */
  readonly gone: ReadonlySet<string>;
  /** `<group>|<member>` of memberships that were removed, with how often they were added again. */
  readonly removed: ReadonlySet<string>;
  readonly added: ReadonlyMap<string, number>;
  /** Changes that were made. */
  readonly count: number;
}

export const pairOf = (group: string, member: string): string => `${group}|${member}`;

/** Notes each change before it is tried: what may have been done counts as done. */
export class ChangeLog implements MadeChanges {
  readonly gone = new Set<string>();
  readonly removed = new Set<string>();
  readonly added = new Map<string, number>();
  count = 0;

  /** Takes a change into the log and into the model of the directory. */
  note(change: DirectoryChange, model: DirectoryModel): void {
    this.count += 1;
    switch (change.kind) {
      case 'set':
        return noteValue(change, model);
      case 'rename':
        return noteName(change.dn, change.newDn, model);
      case 'leave':
      case 'return': {
        const object = model.get(change.anchor);
        if (object !== undefined) model.put({ ...object, dn: change.newDn, inScope: change.kind === 'return' });
        this.gone.add(change.anchor);
        return;
      }
      case 'create-user':
        return model.put({ ...NEW, kind: 'user', dn: change.dn, anchor: change.account, control: 512 });
      case 'create-group':
        return model.put({ ...NEW, kind: 'group', dn: change.dn, anchor: change.account });
      case 'delete':
        this.gone.add(change.anchor);
        return model.remove(change.anchor);
      case 'add-member':
      case 'remove-member':
        return this.#noteMember(change, model);
    }
  }

  #noteMember(
    { kind, group, member }: Extract<DirectoryChange, { kind: 'add-member' | 'remove-member' }>,
    model: DirectoryModel,
  ): void {
    const pair = pairOf(group.anchor, member.anchor);
    const known = model.get(group.anchor);
    const members = new Set(known?.members);
    if (kind === 'add-member') {
      members.add(member.anchor);
      this.added.set(pair, (this.added.get(pair) ?? 0) + 1);
    } else {
      members.delete(member.anchor);
      this.removed.add(pair);
    }
    if (known !== undefined) model.put({ ...known, members });
  }
}

const NEW = { inScope: true, control: 0, members: new Set<string>() } as const;

function noteValue({ dn, attribute, value }: Extract<DirectoryChange, { kind: 'set' }>, model: DirectoryModel): void {
  if (attribute !== 'userAccountControl') return;
  const user = model.users(true).find((one) => one.dn === dn);
  if (user !== undefined) model.put({ ...user, control: Number(value) });
}

function noteName(dn: string, newDn: string, model: DirectoryModel): void {
  const object = [...model.users(true), ...model.groups()].find((one) => one.dn === dn);
  if (object !== undefined) model.put({ ...object, dn: newDn });
}
