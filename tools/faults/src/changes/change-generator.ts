import type { Random } from '../schedule/random.js';
import type { DirectoryChange } from './directory-change.js';
import type { DirectoryModel, ModelObject } from './directory-model.js';

/** How often each kind comes, in relation to the others. */
const WEIGHTS = {
  title: 10,
  text: 6,
  enable: 2,
  manager: 2,
  rename: 2,
  move: 2,
  leave: 1,
  return: 2,
  'create-user': 2,
  'delete-user': 1,
  'add-member': 5,
  'remove-member': 4,
  'create-group': 0.5,
  'delete-group': 0.2,
} as const;
type Choice = keyof typeof WEIGHTS;
const CHOICES = Object.keys(WEIGHTS) as readonly Choice[];
const TOTAL = Object.values(WEIGHTS).reduce((sum, weight) => sum + weight, 0);
const TEXTS = ['department', 'physicalDeliveryOfficeName', 'telephoneNumber', 'streetAddress', 'givenName'] as const;
const DISABLED = 2;
/** So many users and groups always stay, whatever is drawn. */
const LEAST_USERS = 20;
const LEAST_GROUPS = 3;
/** Titles that the changes set are numbered in the order in which they were set: a tenant never goes back. */
export const TITLE = /^Fault (\d+)$/;

/** Draws one possible change after another. The same seed on the same forest gives the same changes. */
export class ChangeGenerator {
  readonly #random: Random;
  readonly #model: DirectoryModel;
  /** Part of the names of what is created. */
  readonly #tag: string;
  #count = 0;

  constructor(random: Random, model: DirectoryModel, tag: string) {
    this.#random = random;
    this.#model = model;
    this.#tag = tag;
  }

  next(): DirectoryChange {
    for (;;) {
      const change = this.#draw(this.#choice());
      if (change !== undefined) return change;
    }
  }

  #choice(): Choice {
    let left = this.#random.next() * TOTAL;
    for (const choice of CHOICES) {
      left -= WEIGHTS[choice];
      if (left < 0) return choice;
    }
    return 'title';
  }

  /** Undefined when the choice is not possible now. */
  #draw(choice: Choice): DirectoryChange | undefined {
    this.#count += 1;
    const model = this.#model;
    const users = model.users(true);
    const user = users.length === 0 ? undefined : this.#random.pick(users);
    const number = this.#count;
    if (choice === 'create-user') return this.#newUser(number);
    if (choice === 'create-group') return this.#newGroup(number);
    if (choice === 'delete-group') return this.#lessGroup();
    if (choice === 'return') return this.#back();
    if (user === undefined) return undefined;
    const { dn, anchor } = user;
    switch (choice) {
      case 'title':
        return { kind: 'set', dn, attribute: 'title', value: `Fault ${number}` };
      case 'text':
        return { kind: 'set', dn, attribute: this.#random.pick(TEXTS), value: `Value ${number}` };
      case 'enable':
        return { kind: 'set', dn, attribute: 'userAccountControl', value: String(user.control ^ DISABLED) };
      case 'manager':
        return this.#manager(user, users);
      case 'rename':
        return { kind: 'rename', dn, newDn: `CN=${this.#tag} renamed ${number},${parentOf(dn)}` };
      case 'move':
        return this.#move(user);
      case 'leave':
        return users.length > LEAST_USERS
          ? { kind: 'leave', dn, newDn: `${rdnOf(dn)},${model.outside}`, anchor }
          : undefined;
      case 'delete-user':
        return users.length > LEAST_USERS ? { kind: 'delete', dn, anchor } : undefined;
      case 'add-member':
      case 'remove-member':
        return this.#member(choice, user);
    }
  }

  #manager(user: ModelObject, users: readonly ModelObject[]): DirectoryChange {
    const boss = this.#random.chance(0.2) ? undefined : this.#random.pick(users);
    return {
      kind: 'set',
      dn: user.dn,
      attribute: 'manager',
      value: boss === undefined || boss === user ? null : boss.dn,
    };
  }

  #move({ dn }: ModelObject): DirectoryChange | undefined {
    const container = this.#random.pick(this.#model.containers);
    return container === parentOf(dn) ? undefined : { kind: 'rename', dn, newDn: `${rdnOf(dn)},${container}` };
  }

  #back(): DirectoryChange | undefined {
    const away = this.#model.users(false);
    if (away.length === 0) return undefined;
    const { dn, anchor } = this.#random.pick(away);
    return { kind: 'return', dn, newDn: `${rdnOf(dn)},${this.#random.pick(this.#model.containers)}`, anchor };
  }

  #newUser(number: number): DirectoryChange {
    const account = `${this.#tag}u${number}`;
    const dn = `CN=${account},${this.#random.pick(this.#model.containers)}`;
    return { kind: 'create-user', dn, account, title: `Fault ${number}` };
  }

  #newGroup(number: number): DirectoryChange {
    const account = `${this.#tag}g${number}`;
    return { kind: 'create-group', dn: `CN=${account},${this.#random.pick(this.#model.containers)}`, account };
  }

  #lessGroup(): DirectoryChange | undefined {
    const groups = this.#model.groups();
    if (groups.length <= LEAST_GROUPS) return undefined;
    const { dn, anchor } = this.#random.pick(groups);
    return { kind: 'delete', dn, anchor };
  }

  #member(kind: 'add-member' | 'remove-member', user: ModelObject): DirectoryChange | undefined {
    const isMember = kind === 'remove-member';
    const groups = this.#model.groups().filter(({ members }) => members.has(user.anchor) === isMember);
    if (groups.length === 0) return undefined;
    const group = this.#random.pick(groups);
    return {
      kind,
      group: { dn: group.dn, anchor: group.anchor },
      member: { dn: user.dn, anchor: user.anchor },
    };
  }
}

/** The first part of a DN. */
export function rdnOf(dn: string): string {
  return /^((?:\\.|[^\\,])*),/s.exec(dn)?.[1] ?? dn;
}

/** The container of an object. */
export function parentOf(dn: string): string {
  return dn.replace(/^(?:\\.|[^\\,])*,/s, '');
}
