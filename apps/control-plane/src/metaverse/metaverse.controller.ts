import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { mvSearchQuery, type MvDetail, type MvSearchQuery, type MvSummary, type Page } from '@adjoin/contracts';
import { encodeCursor, pageFrom } from '../http/cursor.js';
import { parsed } from '../http/parsed.js';
import { ObjectNames } from '../naming/object-names.js';
import { MetaverseStore } from './metaverse.store.js';
import { MetaverseView, mvSummaryOf } from './metaverse-view.js';

@Controller('api/v1/metaverse')
export class MetaverseController {
  constructor(
    @Inject(MetaverseStore) private readonly store: MetaverseStore,
    @Inject(ObjectNames) private readonly names: ObjectNames,
    @Inject(MetaverseView) private readonly view: MetaverseView,
  ) {}

  @Get()
  async search(@Query(parsed(mvSearchQuery)) query: MvSearchQuery): Promise<Page<MvSummary>> {
    const found = await this.store.search(query);
    return pageFrom(found, query.limit, { item: mvSummaryOf, cursor: (doc) => encodeCursor(doc._id) });
  }

  @Get(':object')
  async show(@Param('object') object: string): Promise<MvDetail> {
    return this.view.detail(await this.names.mvObject(object));
  }
}
