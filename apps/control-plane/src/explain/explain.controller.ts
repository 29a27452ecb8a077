import { Body, Controller, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import {
  explainQuery,
  previewQuery,
  syncObject,
  type Command,
  type ExplainQuery,
  type Explanation,
  type Preview,
  type PreviewQuery,
  type SyncObject,
} from '@adjoin/contracts';
import { Operator } from '../http/operator.js';
import { parsed } from '../http/parsed.js';
import { ExplainService } from './explain.service.js';
import { PreviewService } from './preview.service.js';

@Controller('api/v1')
export class ExplainController {
  constructor(
    @Inject(ExplainService) private readonly explanations: ExplainService,
    @Inject(PreviewService) private readonly previews: PreviewService,
  ) {}

  @Get('explain')
  explain(@Query(parsed(explainQuery)) query: ExplainQuery): Promise<Explanation> {
    return this.explanations.explain(query);
  }

  @Get('preview')
  preview(@Query(parsed(previewQuery)) query: PreviewQuery): Promise<Preview> {
    return this.previews.preview(query);
  }

  @Post('preview/commit')
  @HttpCode(202)
  commit(@Body(parsed(syncObject)) { object }: SyncObject, @Operator() by: string): Promise<Command> {
    return this.previews.commit(object, by);
  }
}
