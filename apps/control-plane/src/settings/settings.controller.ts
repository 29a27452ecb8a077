import { Body, Controller, Get, Inject, Param, Put } from '@nestjs/common';
import { putSetting, type PutSetting, type Setting } from '@adjoin/contracts';
import { Operator } from '../http/operator.js';
import { parsed } from '../http/parsed.js';
import { SettingsStore } from './settings.store.js';

@Controller('api/v1/settings')
export class SettingsController {
  constructor(@Inject(SettingsStore) private readonly settings: SettingsStore) {}

  @Get()
  async list(): Promise<{ items: Setting[] }> {
    return { items: await this.settings.all() };
  }

  @Get(':key')
  show(@Param('key') key: string): Promise<Setting> {
    return this.settings.get(key);
  }

  @Put(':key')
  change(
    @Param('key') key: string,
    @Body(parsed(putSetting)) body: PutSetting,
    @Operator() by: string,
  ): Promise<Setting> {
    return this.settings.set(key, body.value, by);
  }
}
