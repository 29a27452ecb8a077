import { Controller, Get, Inject, Param } from '@nestjs/common';
import type { Command } from '@adjoin/contracts';
import { CommandsStore } from './commands.store.js';

@Controller('api/v1/commands')
export class CommandsController {
  constructor(@Inject(CommandsStore) private readonly commands: CommandsStore) {}

  @Get(':id')
  show(@Param('id') id: string): Promise<Command> {
    return this.commands.get(id);
  }
}
