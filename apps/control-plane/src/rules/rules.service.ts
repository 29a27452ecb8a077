import { Inject, Injectable } from '@nestjs/common';
import { SyncError, type Command, type RuleFiles, type RuleValidation } from '@adjoin/contracts';
import { CommandsStore } from '../commands/commands.store.js';

export const RULE_VALIDATOR = Symbol('rule validator');
/** Checks the files of a rule-set folder against the configured connectors. */
export type RuleValidator = (files: RuleFiles) => Promise<RuleValidation>;

/** Rule sets: checked here, planned and applied by the engine, which gets them as recorded requests. */
@Injectable()
export class RulesService {
  constructor(
    @Inject(RULE_VALIDATOR) private readonly validator: RuleValidator,
    @Inject(CommandsStore) private readonly commands: CommandsStore,
  ) {}

  validate(files: RuleFiles): Promise<RuleValidation> {
    return this.validator(files);
  }

  /** Hands valid files to the engine. Throws ADJ-ENG-2001 with every problem otherwise. */
  async request(kind: 'rules.plan' | 'rules.apply', { files }: RuleFiles, by: string): Promise<Command> {
    const { ok, problems } = await this.validator({ files });
    if (ok) return this.commands.request(kind, { files }, by);
    const lines = problems.map(
      ({ file, line, column, message }) => `${file}${line === null ? '' : `:${line}:${column ?? 1}`}: ${message}`,
    );
    throw new SyncError('ADJ-ENG-2001', `The rule files have ${problems.length} problem(s):\n${lines.join('\n')}`);
  }
}
