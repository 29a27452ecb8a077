import { setTimeout as sleep } from 'node:timers/promises';
import { DirectoryWriter, type DirectoryEntry } from '@adjoin/demo';
import type { ForestDescription } from '@adjoin/stack';
import { Attribute, ResultCodeError } from 'ldapts';
import type { Random } from '../schedule/random.js';
import { ChangeGenerator, parentOf } from './change-generator.js';
import { ChangeLog } from './change-log.js';
import { describeChange, type DirectoryChange } from './directory-change.js';
import { DirectoryModel, type ModelObject } from './directory-model.js';

const RETRY_MS = 500;
/** The change was made before: its answer was lost. LDAP result codes of RFC 4511, 4.1.9. */
const DONE_BEFORE: ReadonlySet<number> = new Set([16, 20, 32, 53, 68]);
const SECURITY_GROUP = '-2147483646';

/** Changes a forest at a steady rate until it is told to end. While the controller is away, changes wait. */
export class DirectoryDriver {
  readonly log = new ChangeLog();
  readonly #forest: ForestDescription;
  readonly #model: DirectoryModel;
  readonly #generator: ChangeGenerator;
  readonly #note: (line: string) => void;
  #writer: DirectoryWriter | undefined;

  /** @param note gets every change that was made, for the record of the run */
  constructor(
    forest: ForestDescription,
    entries: readonly DirectoryEntry[],
    random: Random,
    note: (line: string) => void,
  ) {
    this.#forest = forest;
    this.#model = modelOf(entries, forest);
    this.#generator = new ChangeGenerator(random, this.#model, 'f');
    this.#note = note;
  }

  /** Makes `perSecond` changes a second; what was missed is made up for. Resolves when `signal` aborts. */
  async run(perSecond: number, signal: AbortSignal): Promise<void> {
    const started = performance.now();
    for (let made = 0; !signal.aborted; made++) {
      const due = started + (made * 1000) / perSecond;
      const wait = due - performance.now();
      if (wait > 0) await sleep(wait, undefined, { signal }).catch(() => undefined); // ended: the loop sees it
      if (!signal.aborted) await this.#make(this.#generator.next(), signal);
    }
    await this.#close();
  }

  /** Tries a change until the controller has answered; what may have been done counts as done. */
  async #make(change: DirectoryChange, signal: AbortSignal): Promise<void> {
    this.log.note(change, this.#model);
    this.#note(describeChange(change));
    for (;;) {
      try {
        this.#writer ??= await DirectoryWriter.open(this.#forest);
        return await this.#apply(this.#writer, change);
      } catch (error) {
        if (error instanceof ResultCodeError && DONE_BEFORE.has(error.code)) return this.#learn(change);
        if (error instanceof ResultCodeError && error.code !== 51 && error.code !== 52)
          throw new Error(`${describeChange(change)}: ${error.message}`, { cause: error });
        await this.#close();
        if (signal.aborted) return;
        await sleep(RETRY_MS);
      }
    }
  }

  async #apply(writer: DirectoryWriter, change: DirectoryChange): Promise<void> {
    switch (change.kind) {
      case 'set':
        await writer.replace(change.dn, change.attribute, ...(change.value === null ? [] : [change.value]));
        return;
      case 'rename':
      case 'leave':
      case 'return':
        await writer.rename(change.dn, change.newDn);
        return;
      case 'delete':
        await writer.delete(change.dn);
        return;
      case 'add-member':
        await writer.addValue(change.group.dn, 'member', change.member.dn);
        return;
      case 'remove-member':
        await writer.removeValue(change.group.dn, 'member', change.member.dn);
        return;
      case 'create-user':
      case 'create-group': {
        const { anchor } = await writer.create(change.dn, attributesOf(change));
        this.#model.rename(change.account, anchor);
      }
    }
  }

  /** An object that was created by a lost answer: only its anchor is not known. */
  async #learn(change: DirectoryChange): Promise<void> {
    if (change.kind !== 'create-user' && change.kind !== 'create-group') return;
    // Nothing else ever touches an object without an anchor of its own.
    this.#model.remove(change.account);
    await this.#close();
  }

  async #close(): Promise<void> {
    const writer = this.#writer;
    this.#writer = undefined;
    await writer?.close().catch(() => undefined); // the controller may be gone
  }
}

function attributesOf(
  change: Extract<DirectoryChange, { kind: 'create-user' | 'create-group' }>,
): readonly Attribute[] {
  const attribute = (type: string, ...values: readonly string[]): Attribute =>
    new Attribute({ type, values: [...values] });
  if (change.kind === 'create-group')
    return [
      attribute('objectClass', 'group'),
      attribute('sAMAccountName', change.account),
      attribute('groupType', SECURITY_GROUP),
      attribute('displayName', change.account),
    ];
  return [
    attribute('objectClass', 'user'),
    attribute('sAMAccountName', change.account),
    attribute('userPrincipalName', `${change.account}@corp.test`),
    attribute('displayName', `Fault ${change.account}`),
    attribute('title', change.title),
    // An account without a password must be one that needs none.
    attribute('userAccountControl', '544'),
  ];
}

function modelOf(entries: readonly DirectoryEntry[], forest: ForestDescription): DirectoryModel {
  const own = entries
    .filter(({ dn, classes }) => dn.toLowerCase().endsWith(forest.adjoinOu.toLowerCase()) && !classes.has('contact'))
    .toSorted((a, b) => (a.dn < b.dn ? -1 : 1));
  const anchors = new Map(own.map(({ dn, anchor }) => [dn.toLowerCase(), anchor]));
  const objects = own.map((entry): ModelObject => {
    const isGroup = entry.classes.has('group');
    const members = (entry.values.get('member') ?? []).flatMap((dn) => anchors.get(dn.toLowerCase()) ?? []);
    return {
      kind: isGroup ? 'group' : 'user',
      dn: entry.dn,
      anchor: entry.anchor,
      inScope: true,
      control: Number(entry.values.get('useraccountcontrol')?.[0] ?? 0),
      members: new Set(members),
    };
  });
  const containers = [...new Set(objects.filter(({ kind }) => kind === 'user').map(({ dn }) => parentOf(dn)))];
  return new DirectoryModel(objects, { containers, outside: forest.outOfScopeOu });
}
