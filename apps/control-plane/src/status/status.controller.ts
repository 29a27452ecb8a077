import { Controller, Get, Inject, Sse, type MessageEvent } from '@nestjs/common';
import type { StatusAnswer } from '@adjoin/contracts';
import type { Observable } from 'rxjs';
import { StatusEvents } from './status-events.js';
import { StatusService } from './status.service.js';

@Controller('api/v1')
export class StatusController {
  constructor(
    @Inject(StatusService) private readonly status: StatusService,
    @Inject(StatusEvents) private readonly statusEvents: StatusEvents,
  ) {}

  @Get('status')
  show(): Promise<StatusAnswer> {
    return this.status.status();
  }

  @Sse('events')
  events(): Observable<MessageEvent> {
    return this.statusEvents.stream;
  }
}
