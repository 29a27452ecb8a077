import { Inject, Injectable } from '@nestjs/common';
import type { ExportDetail, ExportPage, ExportsQuery, PendingExportItem } from '@adjoin/contracts';
import { ConfiguredConnectors } from '../connectors/configured-connectors.js';
import { ConnectorSpaceStore } from '../connector-space/connector-space.store.js';
import type { CsDocument } from '../connector-space/cs-document.js';
import { exportStateOf, pendingChangeOf } from '../connector-space/cs-view.js';
import { encodeCursor, pageFrom } from '../http/cursor.js';
import { MetaverseStore } from '../metaverse/metaverse.store.js';
import { mvName, type MvDocument } from '../metaverse/mv-document.js';
import { ObjectNames } from '../naming/object-names.js';

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
  ) {}

  async list(target: string, query: ExportsQuery): Promise<ExportPage> {
    this.connectors.requireTarget(target);
    const found = await this.connectorSpace.pendingExports(target, query);
    const people = await this.metaverse.byIds(found.flatMap((doc) => (doc.link === null ? [] : [doc.link.mv])));
    const byId = new Map(people.map((doc) => [doc._id, doc]));
    const page = pageFrom(found, query.limit, {
      item: (doc) => itemOf(doc, doc.link === null ? undefined : byId.get(doc.link.mv)),
      cursor: (doc) => encodeCursor(doc._id),
    });
    return { ...page, held: page.items.filter((item) => item.state === 'held').length };
  }

  async show(name: string): Promise<ExportDetail> {
    const doc = await this.names.csObject(this.connectors.targets, name);
    const person = doc.link === null ? null : await this.metaverse.byId(doc.link.mv);
    const members =
      doc.link === null ? { add: [], remove: [] } : await this.metaverse.pendingMembers(doc.link.mv, doc.connector, MEMBERS_SHOWN);
    return {
      ...itemOf(doc, person ?? undefined),
      sourceAnchor: textOf(doc, 'sourceAnchor'),
      cloudId: doc.anchor,
      metaverse: doc.link?.mv ?? null,
      changes: pendingChangeOf(doc.pendingExport)?.changes ?? {},
      unconfirmed: pendingChangeOf(doc.unconfirmed),
      export: exportStateOf(doc.exp),
      members,
    };
  }
}

function textOf(doc: CsDocument, attribute: string): string | null {
  const value = doc.pendingExport?.changes[attribute] ?? doc.unconfirmed?.changes[attribute] ?? doc.imported[attribute];
  return typeof value === 'string' ? value : null;
}

function itemOf(doc: CsDocument, person: MvDocument | undefined): PendingExportItem {
  const name = person === undefined ? (textOf(doc, 'userPrincipalName') ?? textOf(doc, 'displayName') ?? doc.dn) : mvName(person);
  return {
    id: doc._id,
    target: doc.connector,
    name,
    type: doc.type,
    // A group whose own attributes are up to date is pending for its members only.
    operation: doc.pendingExport?.operation ?? 'update',
    attributes: Object.keys(doc.pendingExport?.changes ?? {}).sort(),
    state: doc.exp?.state ?? 'pending',
    gate: doc.exp?.gate ?? null,
    reason: doc.exp?.reason ?? doc.exp?.message ?? null,
  };
}
