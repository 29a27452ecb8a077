import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import {
  resyncPasswords,
  type Command,
  type PasswordStatus,
  type PasswordUser,
  type ResyncPasswords,
} from '@adjoin/contracts';
import { Operator } from '../http/operator.js';
import { parsed } from '../http/parsed.js';
import { PasswordsService } from './passwords.service.js';

@Controller('api/v1/passwords')
export class PasswordsController {
  constructor(@Inject(PasswordsService) private readonly passwords: PasswordsService) {}

  @Get()
  status(): Promise<PasswordStatus> {
    return this.passwords.status();
  }

  @Get(':object')
  user(@Param('object') object: string): Promise<PasswordUser> {
    return this.passwords.user(object);
  }

  @Post('resync')
  @HttpCode(202)
  resync(@Body(parsed(resyncPasswords)) request: ResyncPasswords, @Operator() by: string): Promise<Command> {
    return this.passwords.resync(request, by);
  }
}
