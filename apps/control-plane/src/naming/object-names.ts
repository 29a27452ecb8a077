import { Inject, Injectable } from '@nestjs/common';
import { SyncError } from '@adjoin/contracts';
import { ConnectorSpaceStore } from '../connector-space/connector-space.store.js';
import type { CsDocument } from '../connector-space/cs-document.js';
import { ConfiguredConnectors } from '../connectors/configured-connectors.js';
import { MetaverseStore } from '../metaverse/metaverse.store.js';
import { mvName, type MvDocument } from '../metaverse/mv-document.js';

/** Finds the object that a person names by DN, objectGUID, userPrincipalName, source anchor or internal id. */
@Injectable()
export class ObjectNames {
  constructor(
    @Inject(ConnectorSpaceStore) private readonly connectorSpace: ConnectorSpaceStore,
    @Inject(MetaverseStore) private readonly metaverse: MetaverseStore,
    @Inject(ConfiguredConnectors) private readonly connectors: ConfiguredConnectors,
  ) {}

  /** The connector-space object in one of `connectors`. Throws ADJ-API-4004 for none, ADJ-API-4006 for several. */
  async csObject(connectors: readonly string[], name: string): Promise<CsDocument> {
    const byId = await this.connectorSpace.byId(name);
    if (byId !== null && connectors.includes(byId.connector)) return byId;
    const direct = await this.connectorSpace.byAnchorOrDn(connectors, name);
    if (direct.length > 0) return only(direct, name, (doc) => `${doc.connector} ${doc.dn} (${doc._id})`);
    const people = await this.#mvObjects(name);
    const ids = people.flatMap((doc) =>
      doc.links.filter((link) => connectors.includes(link.connector)).map((link) => link.cs),
    );
    return only(await this.connectorSpace.byIds(ids), name, (doc) => `${doc.connector} ${doc.dn} (${doc._id})`);
  }

  /** The metaverse object. Throws ADJ-API-4004 for none, ADJ-API-4006 for several. */
  async mvObject(name: string): Promise<MvDocument> {
    return only(await this.#mvObjects(name), name, (doc) => `${mvName(doc)} (${doc._id})`);
  }

  /** The id of the object in whichever space it is; a metaverse object is named by its source object. Throws ADJ-API-4004 for none, ADJ-API-4006 for several. */
  async subject(name: string): Promise<{ readonly cs: string } | { readonly mv: string }> {
    const byId = await this.connectorSpace.byId(name);
    const direct = byId === null ? await this.connectorSpace.byAnchorOrDn(this.connectors.names, name) : [byId];
    if (direct.length > 0) return { cs: only(direct, name, (doc) => `${doc.connector} ${doc.dn} (${doc._id})`)._id };
    const { _id: mv, links } = await this.mvObject(name);
    const source = links.find((link) => !this.connectors.targets.includes(link.connector)) ?? links[0];
    return source === undefined ? { mv } : { cs: source.cs };
  }

  async #mvObjects(name: string): Promise<MvDocument[]> {
    const byId = await this.metaverse.byId(name);
    if (byId !== null) return [byId];
    const byName = await this.metaverse.byName(name);
    if (byName.length > 0) return byName;
    const cs = await this.connectorSpace.byId(name);
    const found = cs === null ? await this.connectorSpace.byAnchorOrDn(this.connectors.names, name) : [cs];
    return this.metaverse.byIds([...new Set(found.flatMap((doc) => (doc.link === null ? [] : [doc.link.mv])))]);
  }
}

function only<T>(found: readonly T[], name: string, show: (item: T) => string): T {
  const [first, ...others] = found;
  if (first === undefined) throw new SyncError('ADJ-API-4004', `There is no object named ${name}.`, { object: name });
  if (others.length === 0) return first;
  throw new SyncError('ADJ-API-4006', `${name} names several objects: ${found.map(show).join('; ')}.`, {
    hint: 'Use the internal id of one of them.',
    object: name,
  });
}
