import { Inject, Injectable } from '@nestjs/common';
import type { ExportDetail, ExportPage, ExportsQuery, PendingExportItem } from '@adjoin/contracts';
import { ConfiguredConnectors } from '../connectors/configured-connectors.js';
import { ConnectorSpaceStore } from '../connector-space/connector-space.store.js';
import type { CsDocument } from '../connector-space/cs-document.js';
import { exportStateOf, pendingChangeOf } from '../connector-space/cs-view.js';
import { encodeCursor, pageFrom } from '../http/cursor.js';
import { EngineStateStore } from '../status/engine-state.store.js';
import { MetaverseStore } from '../metaverse/metaverse.store.js';
import { mvName, type MvDocument } from '../metaverse/mv-document.js';
import { ObjectNames } from '../naming/object-names.js';
import { holdOf, type TargetGate } from './export-hold.js';

/** Members shown of one pending group export. */
const MEMBERS_SHOWN = 100;

/** Pending exports of the targets, with the gate that keeps each back. */
@Injectable()
export class ExportsService {
  constructor(
    @Inject(ConnectorSpaceStore) private readonly connectorSpace: ConnectorSpaceStore,
    @Inject(MetaverseStore) private readonly metaverse: MetaverseStore,
    @Inject(ConfiguredConnectors) private readonly connectors: ConfiguredConnectors,
    @Inject(ObjectNames) private readonly names: ObjectNames,
    @Inject(EngineStateStore) private readonly engine: EngineStateStore,
  ) {}

  async list(target: string, query: ExportsQuery): Promise<ExportPage> {
    this.connectors.requireTarget(target);
    const gates = await this.engine.gates(target);
    const found = await this.connectorSpace.pendingExports(target, query, gates);
    const people = await this.metaverse.byIds(found.flatMap((doc) => (doc.link === null ? [] : [doc.link.mv])));
    const byId = new Map(people.map((doc) => [doc._id, doc]));
    const page = pageFrom(found, query.limit, {
      item: (doc) => itemOf(doc, doc.link === null ? undefined : byId.get(doc.link.mv), gates),
      cursor: (doc) => encodeCursor(doc._id),
    });
    return { ...page, held: page.items.filter((item) => item.state === 'held').length };
  }

  async show(name: string): Promise<ExportDetail> {
    const doc = await this.names.csObject(this.connectors.targets, name);
    const gates = await this.engine.gates(doc.connector);
    const person = doc.link === null ? null : await this.metaverse.byId(doc.link.mv);
    const members =
      doc.link === null
        ? { add: [], remove: [] }
        : await this.metaverse.pendingMembers(doc.link.mv, doc.connector, MEMBERS_SHOWN);
    return {
      ...itemOf(doc, person ?? undefined, gates),
      sourceAnchor: textOf(doc, 'sourceAnchor'),
      cloudId: doc.anchor,
      metaverse: doc.link?.mv ?? null,
      changes: pendingChangeOf(doc.pendingExport ?? doc.escrow)?.changes ?? {},
      unconfirmed: pendingChangeOf(doc.unconfirmed),
      export: exportStateOf(doc, gates),
      members,
    };
  }
}

function textOf(doc: CsDocument, attribute: string): string | null {
  const value =
    doc.pendingExport?.changes[attribute] ??
    doc.escrow?.changes[attribute] ??
    doc.unconfirmed?.changes[attribute] ??
    doc.imported[attribute];
  return typeof value === 'string' ? value : null;
}

function itemOf(doc: CsDocument, person: MvDocument | undefined, gates: readonly TargetGate[]): PendingExportItem {
  const change = doc.pendingExport ?? doc.escrow;
  const name =
    person === undefined ? (textOf(doc, 'userPrincipalName') ?? textOf(doc, 'displayName') ?? doc.dn) : mvName(person);
  return {
    id: doc._id,
    target: doc.connector,
    name,
    type: doc.type,
    // A group whose own attributes are up to date is pending for its members only.
    operation: change?.operation ?? 'update',
    attributes: Object.keys(change?.changes ?? {}).sort(),
    ...holdOf(doc, gates),
  };
}
