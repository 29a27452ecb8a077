import { Inject, Injectable } from '@nestjs/common';
import type { MvDetail, MvLink, MvSummary } from '@adjoin/contracts';
import { fullLineage } from '@adjoin/spaces';
import { ConnectorSpaceStore } from '../connector-space/connector-space.store.js';
import { attributesToWire } from '../naming/wire.js';
import { RuleNames } from '../rules/rule-names.js';
import { MetaverseStore } from './metaverse.store.js';
import { mvName, type MvDocument } from './mv-document.js';

/** One line of a search. */
export function mvSummaryOf(doc: MvDocument): MvSummary {
  return { id: doc._id, type: doc.type, name: mvName(doc), connectors: doc.links.map((link) => link.connector) };
}

/** A metaverse object with contributors, links and members. */
@Injectable()
export class MetaverseView {
  constructor(
    @Inject(MetaverseStore) private readonly store: MetaverseStore,
    @Inject(ConnectorSpaceStore) private readonly connectorSpace: ConnectorSpaceStore,
    @Inject(RuleNames) private readonly rules: RuleNames,
  ) {}

  async detail(doc: MvDocument): Promise<MvDetail> {
    const [ruleName, linked, references] = await Promise.all([
      this.rules.lookup(),
      this.connectorSpace.byIds(doc.links.map((link) => link.cs)),
      doc.type === 'group' ? this.store.referenceCounts(doc._id) : [],
    ]);
    const byId = new Map(linked.map((cs) => [cs._id, cs]));
    const links = doc.links.map(({ connector, cs }): MvLink => {
      const found = byId.get(cs);
      return { connector, cs, dn: found?.dn ?? null, anchor: found?.anchor ?? null, state: found?.state ?? null };
    });
    const lineage = Object.fromEntries(
      Object.entries(fullLineage(doc)).map(([name, list]) => [
        name,
        list.map((one) => ({ ...one, ruleName: ruleName(one.rule) })),
      ]),
    );
    return {
      ...mvSummaryOf(doc),
      attributes: attributesToWire(doc.attributes),
      lineage,
      links,
      waitsFor: doc.waitsFor,
      references,
    };
  }
}
