import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import {
  listRunsQuery,
  startRun,
  type ListRunsQuery,
  type Page,
  type Run,
  type RunDetail,
  type StartRun,
} from '@adjoin/contracts';
import { Operator } from '../http/operator.js';
import { parsed } from '../http/parsed.js';
import { RunsService } from './runs.service.js';

@Controller('api/v1/runs')
export class RunsController {
  constructor(@Inject(RunsService) private readonly runs: RunsService) {}

  @Get()
  list(@Query(parsed(listRunsQuery)) query: ListRunsQuery): Promise<Page<Run>> {
    return this.runs.list(query);
  }

  @Post()
  @HttpCode(202)
  start(@Body(parsed(startRun)) body: StartRun, @Operator() by: string): Promise<RunDetail> {
    return this.runs.start(body, by);
  }

  @Get(':id')
  show(@Param('id') id: string): Promise<RunDetail> {
    return this.runs.show(id);
  }
}
