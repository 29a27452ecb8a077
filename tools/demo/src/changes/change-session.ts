import { randomBytes } from 'node:crypto';
import type { ForestDescription } from '@adjoin/stack';
import { first, type DirectoryEntry } from '../counting/directory-object.js';
import type { GraphReader } from '../graph/graph-client.js';
import type { ChangeKind, ChangeLatency } from '../report.js';
import type { Lab } from '../run/lab.js';
import { accountOf } from './account.js';
import type { ChangeFeed } from './change-feed.js';
import { planChanges, type ChangePlan, type ChangeScene } from './change-plan.js';
import { splitDn, type DirectoryWriter } from './directory-writer.js';
import { observe } from './observe.js';
import { requireImportedDn } from './imported-dn.js';

const ACCOUNT_DISABLED = 2;

/** A kind of change, made to several objects one after the other. */
export interface KindOfChange {
  readonly kind: ChangeKind;
  run(): Promise<void>;
}

/** What a session of changes works with. */
export interface SessionParts {
  readonly lab: Lab;
  readonly forest: ForestDescription;
  readonly feed: ChangeFeed;
  readonly writer: DirectoryWriter;
  /** Cloud ids by source anchor. */
  readonly ids: ReadonlyMap<string, string>;
  readonly scene: ChangeScene;
}

/** The changes of one forest, in lanes that touch different objects. */
export class ChangeSession {
  readonly changes: ChangeLatency[] = [];
  readonly #parts: SessionParts;
  readonly #plan: ChangePlan;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#plan = planChanges(parts.scene);
  }

  /** Kinds of changes that may go on at the same time; in a lane one kind comes after the other. */
  lanes(): readonly (readonly KindOfChange[])[] {
    return [
      [this.#kind('attribute', this.#plan.changed, (user) => this.#changeTitle(user)), ...this.#placeKinds()],
      [this.#kind('disable', this.#plan.disabled, (user) => this.#disable(user)), ...this.#membershipKinds()],
      this.#scopeKinds(),
      this.#deletionKinds(),
    ];
  }

  /** Fails when the connector space shows a moved user in another place. */
  async checkPlaces(): Promise<void> {
    const { lab, forest } = this.#parts;
    for (const { user, container } of this.#plan.moved) {
      const dn = `${splitDn(user.dn)[0]},${container}`;
      await requireImportedDn(lab, { connector: forest.name, anchor: user.anchor, dn });
    }
  }

  #kind<T>(kind: ChangeKind, items: readonly T[], change: (item: T) => Promise<void>): KindOfChange {
    return {
      kind,
      run: async () => {
        for (const item of items) await change(item);
      },
    };
  }

  #placeKinds(): readonly KindOfChange[] {
    return [
      this.#kind('rename', this.#plan.renamed, (user) => this.#rename(user)),
      this.#kind('move', this.#plan.moved, ({ user, container }) => this.#move(user, container)),
    ];
  }

  #membershipKinds(): readonly KindOfChange[] {
    const { writer } = this.#parts;
    return [
      this.#kind('member-add', this.#plan.joining, async ({ group, user }) => {
        const at = await writer.addValue(group.dn, 'member', user.dn);
        await this.#measure('member-add', group.dn, at, () => this.#hasMember(group, this.#anchor(user), true));
      }),
      this.#kind('member-remove', this.#plan.leaving, async ({ group, user }) => {
        const at = await writer.removeValue(group.dn, 'member', user.dn);
        await this.#measure('member-remove', group.dn, at, () => this.#hasMember(group, this.#anchor(user), false));
      }),
    ];
  }

  /** Moves users out of the scope of synchronization and back. */
  #scopeKinds(): readonly KindOfChange[] {
    const { writer, forest } = this.#parts;
    const outside = (user: DirectoryEntry): string => `${splitDn(user.dn)[0]},${forest.outOfScopeOu}`;
    return [
      this.#kind('scope-out', this.#plan.leftScope, async (user) => {
        const at = await writer.rename(user.dn, outside(user));
        await this.#measure('scope-out', user.dn, at, () => this.#isAbsent(user.anchor));
      }),
      this.#kind('scope-in', this.#plan.leftScope, async (user) => {
        const at = await writer.rename(outside(user), user.dn);
        await this.#measure('scope-in', outside(user), at, () => this.#isPresent(user.anchor));
      }),
    ];
  }

  /** Deletes users and creates them again: same name, another object. */
  #deletionKinds(): readonly KindOfChange[] {
    const { writer } = this.#parts;
    return [
      this.#kind('delete', this.#plan.deleted, async (user) => {
        const at = await writer.delete(user.dn);
        await this.#measure('delete', user.dn, at, () => this.#isAbsent(user.anchor));
      }),
      this.#kind('recreate', this.#plan.deleted, async (user) => {
        const { at, anchor } = await writer.create(user.dn, accountOf(user));
        await this.#measure('recreate', user.dn, at, () => this.#isPresent(anchor));
      }),
    ];
  }

  async #changeTitle(user: DirectoryEntry): Promise<void> {
    const title = `Demo ${randomBytes(3).toString('hex')}`;
    await this.#seen('attribute', user, await this.#parts.writer.replace(user.dn, 'title', title), { jobTitle: title });
  }

  async #disable(user: DirectoryEntry): Promise<void> {
    const control = String(Number(first(user, 'userAccountControl')) | ACCOUNT_DISABLED);
    const at = await this.#parts.writer.replace(user.dn, 'userAccountControl', control);
    await this.#seen('disable', user, at, { accountEnabled: false });
  }

  /** Only the name in the DN changes; without displayName the target shows that name. */
  async #rename(user: DirectoryEntry): Promise<void> {
    const { writer } = this.#parts;
    const name = `${first(user, 'cn') ?? ''} (renamed)`;
    await writer.replace(user.dn, 'displayName');
    const at = await writer.rename(user.dn, `CN=${name},${splitDn(user.dn)[1]}`);
    await this.#seen('rename', user, at, { displayName: name });
  }

  /**
   * To another container in scope. Graph cannot hold the place of an object, so the person's department changes right after the move,
   * under the new DN: the time runs from the answer to the move. {@link checkPlaces} looks at the imported DN.
   */
  async #move(user: DirectoryEntry, container: string): Promise<void> {
    const { writer } = this.#parts;
    const moved = `${splitDn(user.dn)[0]},${container}`;
    const department = `Moved ${randomBytes(3).toString('hex')}`;
    const at = await writer.rename(user.dn, moved);
    await writer.replace(moved, 'department', department);
    await this.#seen('move', user, at, { department });
  }

  async #seen(
    kind: ChangeKind,
    user: DirectoryEntry,
    at: number,
    values: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const path = `/users/${this.#id(this.#anchor(user))}?$select=id,${Object.keys(values).join(',')}`;
    await this.#measure(kind, user.dn, at, async () => {
      const { body } = await this.#graph.get(path);
      return Object.entries(values).every(([property, value]) => body[property] === value);
    });
  }

  async #measure(kind: ChangeKind, object: string, at: number, isShown: () => Promise<boolean>): Promise<void> {
    const { lab, feed } = this.#parts;
    this.changes.push(await observe(lab, feed, { kind, object, at, isShown }));
  }

  async #hasMember(group: DirectoryEntry, anchor: string, wanted: boolean): Promise<boolean> {
    const id = this.#id(anchor);
    const members = await this.#graph.list(`/groups/${this.#id(group.anchor)}/members?$select=id&$top=999`);
    return members.some((member) => member['id'] === id) === wanted;
  }

  async #isPresent(anchor: string): Promise<boolean> {
    const filter = encodeURIComponent(`onPremisesImmutableId eq '${anchor}'`);
    return (await this.#graph.list(`/users?$filter=${filter}&$select=id`)).length === 1;
  }

  async #isAbsent(anchor: string): Promise<boolean> {
    return (await this.#graph.get(`/users/${this.#id(anchor)}?$select=id`)).status === 404;
  }

  get #graph(): GraphReader {
    return this.#parts.lab.graph;
  }

  /** Source anchor of the person, who may be known by the object of another forest. */
  #anchor(entry: DirectoryEntry): string {
    return this.#parts.scene.anchors.get(entry) ?? entry.anchor;
  }

  #id(anchor: string): string {
    const id = this.#parts.ids.get(anchor);
    if (id === undefined) throw new Error(`Entra ID holds no object with the source anchor ${anchor}.`);
    return id;
  }
}
