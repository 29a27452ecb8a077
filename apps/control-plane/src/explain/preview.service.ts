import { Inject, Injectable } from '@nestjs/common';
import type {
  AttributeDifference,
  Command,
  Preview,
  PreviewedExport,
  PreviewedMetaverse,
  PreviewQuery,
} from '@adjoin/contracts';
import { acknowledgedImage, valueEquals, type Attributes, type CsObject, type MvObject } from '@adjoin/engine';
import { CommandsStore } from '../commands/commands.store.js';
import { ConnectorSpaceStore } from '../connector-space/connector-space.store.js';
import { MetaverseStore } from '../metaverse/metaverse.store.js';
import { mvName } from '../metaverse/mv-document.js';
import { attributesToWire, toInstant } from '../naming/wire.js';
import { Decider, type Decide, type Decision, type Subject } from './decider.js';
import { failureOf, linksOf } from './explained-object.js';
import { namedObject } from './named-object.js';
import { NamedSubjects } from './named-subjects.js';
import { namedValue } from './named-value.js';

/** What synchronization would do with one object: the same pure call without the commit (DESIGN §4). */
@Injectable()
export class PreviewService {
  constructor(
    @Inject(NamedSubjects) private readonly names: NamedSubjects,
    @Inject(ConnectorSpaceStore) private readonly connectorSpace: ConnectorSpaceStore,
    @Inject(MetaverseStore) private readonly metaverse: MetaverseStore,
    @Inject(CommandsStore) private readonly commands: CommandsStore,
    @Inject(Decider) private readonly decider: Decider,
  ) {}

  async preview({ object: name, mode }: PreviewQuery): Promise<Preview> {
    const subject = await this.names.find(name);
    const ids = await this.#connectorObjects(subject);
    const due = (await this.connectorSpace.byIds(ids)).some((doc) => toInstant(doc.dirtyAt) !== null);
    return this.decider.over((decide) => preview(decide, subject, { mode, due }));
  }

  /** Asks the engine to synchronize the object now; its answer is that of the command. */
  async commit(name: string, by: string): Promise<Command> {
    const objects = await this.#connectorObjects(await this.names.find(name));
    return this.commands.request('sync.object', { objects }, by);
  }

  async #connectorObjects(subject: Subject): Promise<string[]> {
    if ('cs' in subject) return [subject.cs];
    return ((await this.metaverse.byId(subject.mv))?.links ?? []).map((link) => link.cs);
  }
}

async function preview(
  decide: Decide,
  subject: Subject,
  { mode, due }: { readonly mode: PreviewQuery['mode']; readonly due: boolean },
): Promise<Preview> {
  const decision = await decide(subject);
  const asked = 'cs' in subject ? subject.cs : subject.mv;
  const before = decision.before;
  const object = namedObject(decision, asked) ?? {
    id: asked,
    space: 'connector',
    connector: null,
    type: '',
    name: asked,
  };
  const nothing = mode === 'delta' && !due;
  const error = nothing ? null : failureOf(decision.plan, decision.error);
  if (nothing || error !== null) return { ...{ object, mode, due, error }, links: [], metaverse: [], exports: [] };
  const mvIds = new Set(decision.changes.mv.keys());
  const own = 'mv' in subject ? subject.mv : (decision.cs(subject.cs)?.link?.mv ?? before.cs(subject.cs)?.link?.mv);
  if (own !== undefined) mvIds.add(own);
  const csIds = new Set(decision.changes.cs.keys());
  for (const id of mvIds) for (const link of decision.mv(id)?.links ?? []) csIds.add(link.cs);
  return {
    ...{ object, mode, due, error },
    links: linksOf(decision.plan, decision.events),
    metaverse: [...mvIds].flatMap((id) => metaverseOf(decision, id)),
    exports: [...csIds].flatMap((id) => exportOf(decision, id)),
  };
}

function metaverseOf(decision: Decision, id: string): PreviewedMetaverse[] {
  const before = decision.before.mv(id) ?? null;
  const after = decision.mv(id) ?? null;
  const object = after ?? before;
  if (object === null) return [];
  const differences = differencesOf(decision, before?.attributes ?? {}, after?.attributes ?? {});
  return [
    {
      id,
      type: object.type,
      name: mvName({ _id: id, attributes: object.attributes }),
      action: actionOf(before, after),
      attributes: attributesToWire(after?.attributes ?? {}),
      differences,
    },
  ];
}

function actionOf(before: MvObject | null, after: MvObject | null): PreviewedMetaverse['action'] {
  if (before === null) return 'create';
  if (after === null) return 'delete';
  return before === after ? 'none' : 'update';
}

function exportOf(decision: Decision, id: string): PreviewedExport[] {
  const before = decision.before.cs(id) ?? undefined;
  const after = decision.cs(id) ?? undefined;
  const object = after ?? before;
  if (object === undefined) return [];
  const pending = after?.pendingExport;
  if (pending === undefined && before?.pendingExport === undefined) return [];
  return [
    {
      object: id,
      target: object.connector,
      dn: pending?.dn ?? object.dn,
      operation: pending?.operation ?? 'none',
      differences: pending === undefined ? [] : pendingDifferences(decision, object, pending.changes),
      unchanged: pending !== undefined && pending === before?.pendingExport,
    },
  ];
}

/** A pending export against what the target has, as far as it is known. */
function pendingDifferences(
  decision: Decision,
  object: CsObject,
  changes: NonNullable<CsObject['pendingExport']>['changes'],
): AttributeDifference[] {
  const image = acknowledgedImage(object);
  return Object.keys(changes)
    .sort()
    .map((attribute) => ({
      attribute,
      before: namedValue(decision, image[attribute]),
      after: namedValue(decision, changes[attribute]),
    }));
}

function differencesOf(decision: Decision, before: Attributes, after: Attributes): AttributeDifference[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .sort()
    .filter((name) => !valueEquals(before[name], after[name]))
    .map((attribute) => ({
      attribute,
      before: namedValue(decision, before[attribute]),
      after: namedValue(decision, after[attribute]),
    }));
}
