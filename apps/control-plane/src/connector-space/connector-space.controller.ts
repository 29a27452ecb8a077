import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { csSearchQuery, type CsDetail, type CsSearchQuery, type CsSummary, type Page } from '@adjoin/contracts';
import { ConfiguredConnectors } from '../connectors/configured-connectors.js';
import { encodeCursor, pageFrom } from '../http/cursor.js';
import { parsed } from '../http/parsed.js';
import { ObjectNames } from '../naming/object-names.js';
import { EngineStateStore } from '../status/engine-state.store.js';
import { RuleNames } from '../rules/rule-names.js';
import { ConnectorSpaceStore } from './connector-space.store.js';
import { csDetailOf, csSummaryOf } from './cs-view.js';

@Controller('api/v1/connectors/:connector/objects')
export class ConnectorSpaceController {
  constructor(
    @Inject(ConnectorSpaceStore) private readonly store: ConnectorSpaceStore,
    @Inject(ObjectNames) private readonly names: ObjectNames,
    @Inject(RuleNames) private readonly rules: RuleNames,
    @Inject(EngineStateStore) private readonly engine: EngineStateStore,
    @Inject(ConfiguredConnectors) private readonly connectors: ConfiguredConnectors,
  ) {}

  @Get()
  async search(
    @Param('connector') connector: string,
    @Query(parsed(csSearchQuery)) query: CsSearchQuery,
  ): Promise<Page<CsSummary>> {
    this.connectors.require(connector);
    const found = await this.store.search(connector, query, await this.engine.gates(connector));
    return pageFrom(found, query.limit, { item: csSummaryOf, cursor: (doc) => encodeCursor(doc._id) });
  }

  @Get(':object')
  async show(@Param('connector') connector: string, @Param('object') object: string): Promise<CsDetail> {
    this.connectors.require(connector);
    const [doc, ruleName, gates] = await Promise.all([
      this.names.csObject([connector], object),
      this.rules.lookup(),
      this.engine.gates(connector),
    ]);
    return csDetailOf(doc, ruleName, gates);
  }
}
