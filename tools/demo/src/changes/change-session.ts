import { randomBytes } from 'node:crypto';
import type { ForestDescription } from '@adjoin/stack';
import { first, type DirectoryEntry } from '../counting/directory-object.js';
import type { GraphReader } from '../graph/graph-client.js';
import type { ChangeKind, ChangeLatency } from '../report.js';
import type { Lab } from '../run/lab.js';
import { accountOf } from './account.js';
import type { ChangeFeed } from './change-feed.js';
import { planChanges, type ChangePlan } from './change-plan.js';
import { splitDn, type DirectoryWriter } from './directory-writer.js';
import { observe } from './observe.js';

/** What a session of changes works with. */
export interface SessionParts {
  readonly lab: Lab;
  readonly forest: ForestDescription;
  readonly feed: ChangeFeed;
  readonly writer: DirectoryWriter;
  /** Cloud ids by source anchor. */
  readonly ids: ReadonlyMap<string, string>;
  readonly entries: readonly DirectoryEntry[];
}

/** The changes of one forest, in lanes that touch different objects. */
export class ChangeSession {
  readonly changes: ChangeLatency[] = [];
  readonly #parts: SessionParts;
  readonly #plan: ChangePlan;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#plan = planChanges(parts.entries);
  }

  /** Values, names and places of users. */
  async attributeLane(): Promise<void> {
    const { writer } = this.#parts;
    for (const [index, user] of this.#plan.changed.entries()) {
      const title = `Demo title ${index + 1}`;
      await this.#seen('attribute', user, await writer.replace(user.dn, 'title', title), { jobTitle: title });
    }
    for (const user of this.#plan.renamed) await this.#rename(user);
    for (const { user, container } of this.#plan.moved) await this.#move(user, container);
  }

  /** Switches accounts off, and changes memberships. */
  async membershipLane(): Promise<void> {
    const { writer } = this.#parts;
    for (const user of this.#plan.disabled) {
      const control = String(Number(first(user, 'userAccountControl')) | 2);
      const at = await writer.replace(user.dn, 'userAccountControl', control);
      await this.#seen('disable', user, at, { accountEnabled: false });
    }
    for (const { group, user } of this.#plan.joining) {
      const at = await writer.addValue(group.dn, 'member', user.dn);
      await this.#measure('member-add', group.dn, at, () => this.#hasMember(group, user.anchor, true));
    }
    for (const { group, user } of this.#plan.leaving) {
      const at = await writer.removeValue(group.dn, 'member', user.dn);
      await this.#measure('member-remove', group.dn, at, () => this.#hasMember(group, user.anchor, false));
    }
  }

  /** Moves users out of the scope of synchronization and back. */
  async scopeLane(): Promise<void> {
    const { writer, forest } = this.#parts;
    for (const user of this.#plan.leftScope) {
      const at = await writer.rename(user.dn, `${splitDn(user.dn)[0]},${forest.outOfScopeOu}`);
      await this.#measure('scope-out', user.dn, at, () => this.#isAbsent(user.anchor));
    }
    for (const user of this.#plan.leftScope) {
      const outside = `${splitDn(user.dn)[0]},${forest.outOfScopeOu}`;
      const at = await writer.rename(outside, user.dn);
      await this.#measure('scope-in', outside, at, () => this.#isPresent(user.anchor));
    }
  }

  /** Deletes users and creates them again: same name, another object. */
  async deletionLane(): Promise<void> {
    const { writer } = this.#parts;
    for (const user of this.#plan.deleted) {
      const at = await writer.delete(user.dn);
      await this.#measure('delete', user.dn, at, () => this.#isAbsent(user.anchor));
    }
    for (const user of this.#plan.deleted) {
      const { at, anchor } = await writer.create(user.dn, accountOf(user));
      await this.#measure('recreate', user.dn, at, () => this.#isPresent(anchor));
    }
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
   * under the new DN: the time runs from the answer to the move, and the imported DN is checked as well.
   */
  async #move(user: DirectoryEntry, container: string): Promise<void> {
    const { writer, lab, forest } = this.#parts;
    const moved = `${splitDn(user.dn)[0]},${container}`;
    const department = `Moved ${randomBytes(3).toString('hex')}`;
    const at = await writer.rename(user.dn, moved);
    await writer.replace(moved, 'department', department);
    await this.#seen('move', user, at, { department });
    const imported = await lab.controlPlane.importedDn(forest.name, moved);
    if (imported === undefined) throw new Error(`Move of ${user.dn}: the connector space does not show ${moved}.`);
  }

  async #seen(
    kind: ChangeKind,
    user: DirectoryEntry,
    at: number,
    values: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const path = `/users/${this.#id(user.anchor)}?$select=id,${Object.keys(values).join(',')}`;
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

  #id(anchor: string): string {
    const id = this.#parts.ids.get(anchor);
    if (id === undefined) throw new Error(`Entra ID holds no object with the source anchor ${anchor}.`);
    return id;
  }
}
