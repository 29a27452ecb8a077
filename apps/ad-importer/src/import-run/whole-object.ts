import {
  DecodeError,
  extendedDn,
  guidDn,
  parentDn,
  parseExtendedDn,
  rawText,
  rawValue,
  readRemainingValues,
  sameDn,
  type RawEntry,
} from '@adjoin/ad-ldap';
import type { ReferenceChange, ReferenceTarget } from '@adjoin/contracts';
import { CONTAINER } from '@adjoin/ad-ldap';
import {
  identifyEntry,
  referenceTarget,
  translateEntry,
  type EntryIdentity,
  type LinkValues,
} from '../object/entry-translation.js';
import type { ChangeBody } from '../publish/change-publisher.js';
import { referenceChunks } from '../publish/change-publisher.js';
import type { ImportContext } from './import-context.js';

/** What became of an entry that was read as a whole. */
export type WholeResult = 'published' | 'out-of-scope' | 'ignored';

/** Attributes for reading whole objects: those of the plan and the USN, which proves that ranged values belong to one state. */
export const wholeAttributes = (context: ImportContext): readonly string[] => [...context.plan.requested, 'uSNChanged'];

/**
 * Publishes an entry as `whole` if it is in scope and updates the index. An object that left the scope is taken out of the index; the
 * caller decides what to publish about that.
 */
export async function publishWhole(context: ImportContext, entry: RawEntry): Promise<WholeResult> {
  const identity = identifyEntry(entry);
  context.met.add(identity.guid);
  if (identity.type === undefined || identity.deleted) return 'ignored';
  const isContainer = identity.type === CONTAINER;
  const listed = context.scope.includes(identity.dn);
  const inScope = isContainer
    ? listed || context.scope.isPlaceholder(identity.dn)
    : listed && context.config.objectTypes.includes(identity.type);
  const parent = await parentOf(context, identity);
  if (!inScope) {
    if (isContainer) context.index.set(identity.guid, { parent, inScope, type: identity.type, rdn: identity.rdn });
    else context.index.delete(identity.guid);
    return 'out-of-scope';
  }
  await sendWhole(context, entry, { ...identity, type: identity.type }, parent);
  context.index.set(identity.guid, { parent, inScope, type: identity.type, rdn: identity.rdn });
  return 'published';
}

/** `parentGUID` is constructed by the server, and not always there (seen with foreign security principals): then the parent is read. */
async function parentOf(context: ImportContext, identity: EntryIdentity): Promise<string | null> {
  // The head of a domain is a container; comparing names costs something.
  if (identity.type === CONTAINER && sameDn(identity.dn, context.partition)) return null;
  if (identity.parent !== undefined) return identity.parent;
  const options = {
    base: parentDn(identity.dn),
    scope: 'base',
    attributes: ['objectGUID'],
    controls: [extendedDn()],
  } as const;
  const [entry] = await context.session.lookup.read(options, context.signal);
  const guid = entry === undefined ? undefined : parseExtendedDn(entry.dn).guid;
  if (guid === undefined) throw new DecodeError('parentGUID', 'missing');
  return guid;
}

async function sendWhole(
  context: ImportContext,
  entry: RawEntry,
  identity: EntryIdentity & { type: string },
  parent: string | null,
): Promise<void> {
  const { attributes, links } = translateEntry(entry, identity.type, context.plan, context.session.schema);
  const sets: Record<string, LinkValues> = { ...links };
  if (identity.type === 'group') sets['member'] ??= { mode: 'set', values: [], nextIndex: undefined };
  const first: Record<string, ReferenceChange> = {};
  const rest: (() => Promise<void>)[] = [];
  for (const [name, values] of Object.entries(sets)) {
    if (values.mode !== 'set') continue;
    if (values.nextIndex === undefined) addWholeSet(context, { identity, name, values: values.values }, first, rest);
    else rest.push(() => publishRangedSet(context, identity, name, rawText(entry, 'uSNChanged')));
  }
  await context.publisher.change({
    anchor: identity.guid,
    op: 'whole',
    objectType: identity.type,
    ...(identity.type === CONTAINER ? { placeholder: true } : {}),
    // The head of a naming context has no parent: its name is its whole DN, else the DNs of everything below would end too early.
    rdn: parent === null ? identity.dn : identity.rdn,
    parent,
    dn: identity.dn,
    attributes,
    references: first,
    readStartedAt: context.readStartedAt,
  });
  context.counters.published += 1;
  for (const send of rest) await send();
}

interface NamedSet {
  readonly identity: EntryIdentity;
  readonly name: string;
  readonly values: readonly ReferenceTarget[];
}

/** The first chunk travels with the object, the others follow. */
function addWholeSet(
  context: ImportContext,
  { identity, name, values }: NamedSet,
  first: Record<string, ReferenceChange>,
  rest: (() => Promise<void>)[],
): void {
  const chunks = referenceChunks(values);
  const set = context.publisher.newSetId();
  chunks.forEach((chunk, index) => {
    const change = {
      mode: 'set',
      set,
      index,
      last: index === chunks.length - 1,
      count: values.length,
      values: chunk,
    } satisfies ReferenceChange;
    if (index === 0) first[name] = change;
    else rest.push(() => context.publisher.more(setMessage(context, identity.guid, name, change)));
  });
}

const setMessage = (context: ImportContext, anchor: string, name: string, change: ReferenceChange): ChangeBody => ({
  anchor,
  op: 'delta',
  references: { [name]: change },
  readStartedAt: context.readStartedAt,
});

const RANGED_TRIES = 5;

/**
 * Reads a set that the server sends in ranges. Between two ranges it may change and shift: the set is closed only when the object's
 * USN is the same before and after, else it is read again under a new set id. A set that is never closed removes nothing.
 */
async function publishRangedSet(
  context: ImportContext,
  identity: EntryIdentity,
  name: string,
  usnOfEntry: string | undefined,
): Promise<void> {
  let before = usnOfEntry;
  for (let attempt = 0; attempt < RANGED_TRIES; attempt += 1) {
    const collected = await sendRanges(context, identity, name);
    const after = await currentUsn(context, identity.guid);
    if (before !== undefined && before === after) {
      const close = {
        mode: 'set',
        set: collected.set,
        index: collected.chunks,
        last: true,
        count: collected.count,
        values: [],
      } satisfies ReferenceChange;
      await context.publisher.more(setMessage(context, identity.guid, name, close));
      return;
    }
    before = after;
  }
  throw new DecodeError(name, 'changed during each of several reads; removals wait for the next full import');
}

async function sendRanges(
  context: ImportContext,
  identity: EntryIdentity,
  name: string,
): Promise<{ set: string; chunks: number; count: number }> {
  const schema = context.session.schema.find(name);
  const set = context.publisher.newSetId();
  let chunks = 0;
  let count = 0;
  if (schema === undefined) return { set, chunks, count };
  await readRemainingValues(
    context.session.lookup,
    { guid: identity.guid, attribute: name, from: 0, controls: [extendedDn()] },
    async (values) => {
      const targets = values.flatMap((value) => referenceTarget(schema, value));
      for (const chunk of referenceChunks(targets)) {
        count += chunk.length;
        const change = { mode: 'set', set, index: chunks, last: false, count, values: chunk } satisfies ReferenceChange;
        await context.publisher.more(setMessage(context, identity.guid, name, change));
        chunks += 1;
      }
    },
    context.signal,
  );
  return { set, chunks, count };
}

async function currentUsn(context: ImportContext, guid: string): Promise<string | undefined> {
  const [entry] = await context.session.lookup.read(
    { base: guidDn(guid), scope: 'base', attributes: ['uSNChanged'] },
    context.signal,
  );
  return entry === undefined ? undefined : rawValue(entry, 'uSNChanged')?.toString('latin1');
}
