import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ruleFiles, type Command, type CurrentRules, type RuleFiles, type RuleValidation } from '@adjoin/contracts';
import { Operator } from '../http/operator.js';
import { parsed } from '../http/parsed.js';
import { RuleNames } from './rule-names.js';
import { RulesService } from './rules.service.js';

@Controller('api/v1/rules')
export class RulesController {
  constructor(
    @Inject(RulesService) private readonly rules: RulesService,
    @Inject(RuleNames) private readonly active: RuleNames,
  ) {}

  @Get()
  current(): Promise<CurrentRules> {
    return this.active.current();
  }

  @Post('validate')
  @HttpCode(200)
  validate(@Body(parsed(ruleFiles)) files: RuleFiles): Promise<RuleValidation> {
    return this.rules.validate(files);
  }

  @Post('plan')
  @HttpCode(202)
  plan(@Body(parsed(ruleFiles)) files: RuleFiles, @Operator() by: string): Promise<Command> {
    return this.rules.request('rules.plan', files, by);
  }

  @Post('apply')
  @HttpCode(202)
  apply(@Body(parsed(ruleFiles)) files: RuleFiles, @Operator() by: string): Promise<Command> {
    return this.rules.request('rules.apply', files, by);
  }
}
