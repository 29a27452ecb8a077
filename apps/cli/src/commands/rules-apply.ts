import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { rulePlan, SyncError, type Command as EngineCommand, type RuleFiles, type RulePlan } from '@adjoin/contracts';
import { untilDone } from '../client/until-done.js';
import { told, type Outcome } from '../outcome.js';
import { facts, section } from '../output/table.js';
import type { Session } from '../session.js';
import { wholeNumber } from './page-options.js';

const RULE_FILE = /\.(ya?ml|json)$/i;

interface ApplyOptions {
  readonly yes?: boolean;
  readonly planOnly?: boolean;
  readonly timeout: number;
}

/** `adjoin rules apply` */
export function addApply(rules: Command, session: Session): void {
  rules
    .command('apply <folder>')
    .description('check a rule folder, show what it would change, ask, and start the sweep; no file is watched')
    .option('--yes', 'do not ask')
    .option('--plan-only', 'show the plan and stop')
    .option('--timeout <seconds>', 'longest time to wait for the engine', wholeNumber(1, 86_400), 600)
    .addHelpText('after', '\nEnds with 3 when deletions or other exports are held afterwards.')
    .action(
      session.action(async (folder: string, options: ApplyOptions, _command: Command) =>
        apply(session, folder, options),
      ),
    );
}

async function apply(session: Session, folder: string, options: ApplyOptions): Promise<Outcome> {
  if (options.yes !== true && options.planOnly !== true && !session.io.interactive) {
    throw new SyncError('ADJ-CLI-6001', 'Nobody can be asked here.', {
      hint: 'Use --yes to apply without asking, or --plan-only to see the plan.',
    });
  }
  const body = readFolder(folder);
  session.io.err('Planning over the whole metaverse ...\n');
  const planned = await untilDone(session, await session.client.call('planRules', { body }), options.timeout);
  const plan = planOf(planned);
  const text = planText(session, plan);
  if (options.planOnly === true) return told({ plan, applied: false }, text);
  if (options.yes !== true) {
    session.io.err(text);
    if (!/^y(es)?$/i.test(await session.io.ask('Apply these rules? [y/N] ')))
      return told({ plan, applied: false }, 'Nothing was changed.');
  }
  const applied = await untilDone(session, await session.client.call('applyRules', { body }), options.timeout);
  const status = await session.client.call('status');
  const held = status.held.exports > 0 || status.held.deletionHolds > 0;
  const end = `Applied; the sweep runs. ${held ? 'Exports are held: see `adjoin status`.' : 'See `adjoin status`.'}`;
  return told({ plan, applied: true, command: applied.id }, options.yes === true ? `${text}${end}` : end, { held });
}

function readFolder(folder: string): RuleFiles {
  try {
    if (!statSync(folder).isDirectory())
      return { files: [{ path: 'rules.yaml', content: readFileSync(folder, 'utf8') }] };
    const names = readdirSync(folder)
      .filter((name) => RULE_FILE.test(name))
      .sort();
    if (names.length === 0)
      throw new SyncError('ADJ-CLI-6002', `${folder} contains no rule file (.yaml, .yml or .json).`);
    return { files: names.map((name) => ({ path: name, content: readFileSync(join(folder, name), 'utf8') })) };
  } catch (cause) {
    if (cause instanceof SyncError) throw cause;
    throw new SyncError(
      'ADJ-CLI-6002',
      `${folder} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

function planOf(command: EngineCommand): RulePlan {
  const parsed = rulePlan.safeParse(command.result);
  if (parsed.success) return parsed.data;
  throw new SyncError('ADJ-API-4007', 'The engine gives a plan that this command line does not understand.', {
    cause: parsed.error,
  });
}

function planText({ io }: Session, plan: RulePlan): string {
  const figures = facts(io, [
    ['objects', plan.objects],
    ['metaverse changed', plan.metaverseChanged],
    ['adds', plan.exports.add],
    ['updates', plan.exports.update],
    ['deletes', plan.exports.delete],
    ['errors', plan.errors],
  ]);
  const names = (title: string, lines: readonly string[]): string =>
    lines.length === 0 ? '' : section(io, title, `${lines.join('\n')}\n`);
  return figures + names('Deletes, among them', plan.deletes) + names('Errors, among them', plan.errorSamples);
}
