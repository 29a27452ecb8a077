import { Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import type { DeletionHoldDetail } from '@adjoin/contracts';
import { Operator } from '../http/operator.js';
import { DeletionsStore } from './deletions.store.js';

@Controller('api/v1/deletions')
export class DeletionsController {
  constructor(@Inject(DeletionsStore) private readonly deletions: DeletionsStore) {}

  @Get()
  async list(): Promise<{ items: DeletionHoldDetail[] }> {
    return { items: await this.deletions.list() };
  }

  @Post(':id/approve')
  @HttpCode(200)
  approve(@Param('id') id: string, @Operator() by: string): Promise<DeletionHoldDetail> {
    return this.deletions.decide(id, 'approve', by);
  }

  @Post(':id/discard')
  @HttpCode(200)
  discard(@Param('id') id: string, @Operator() by: string): Promise<DeletionHoldDetail> {
    return this.deletions.decide(id, 'discard', by);
  }
}
