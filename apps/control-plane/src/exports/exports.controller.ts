import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { exportsQuery, type ExportDetail, type ExportPage, type ExportsQuery } from '@adjoin/contracts';
import { parsed } from '../http/parsed.js';
import { ExportsService } from './exports.service.js';

@Controller('api/v1')
export class ExportsController {
  constructor(@Inject(ExportsService) private readonly exports: ExportsService) {}

  @Get('targets/:target/exports')
  list(@Param('target') target: string, @Query(parsed(exportsQuery)) query: ExportsQuery): Promise<ExportPage> {
    return this.exports.list(target, query);
  }

  @Get('exports/:object')
  show(@Param('object') object: string): Promise<ExportDetail> {
    return this.exports.show(object);
  }
}
