import type { Command } from 'commander';
import { SyncError, toSyncError } from '@adjoin/contracts';
import { askAnswers, readAnswers } from '../init/answers.js';
import { networkChecks, type ForestFacts, type InitChecks, type TenantFacts } from '../init/checks.js';
import { writeConfiguration } from '../init/write-configuration.js';
import { told, type Outcome } from '../outcome.js';
import type { Session } from '../session.js';

interface InitOptions {
  readonly answers?: string;
  readonly folder: string;
}

/** `adjoin init` */
export function addInit(program: Command, session: Session, checks: InitChecks = networkChecks): void {
  program
    .command('init')
    .description('ask for domain controller, account and tenant, check them, and write the configuration')
    .option('--answers <file>', 'YAML or JSON file with the answers, instead of asking')
    .option('--folder <path>', 'where adjoin.yaml and the secret files go', './adjoin')
    .action(session.action(async (options: InitOptions, _command: Command) => init(session, options, checks)));
}

async function init(session: Session, options: InitOptions, checks: InitChecks): Promise<Outcome> {
  const { io } = session;
  if (options.answers === undefined && !io.interactive) {
    throw new SyncError('ADJ-CLI-6001', 'Nobody can be asked here.', {
      hint: 'Give the answers in a file with --answers.',
    });
  }
  const answers = options.answers === undefined ? await askAnswers(io) : readAnswers(options.answers);
  io.err('Signing in to the domain controller ...\n');
  const forest = await checks.forest(answers.forest);
  io.err(`  forest ${forest.forest}, domain ${forest.domain.fqdn} (${forest.domain.netbios})\n`);
  io.err('Signing in to the tenant ...\n');
  const tenant = await checks.tenant(answers.tenant);
  io.err(`  ${tenant.initialDomain}, verified: ${tenant.verifiedDomains.join(', ')}\n`);
  const file = await writeConfiguration(options.folder, answers, forest);
  const staging = await stagingOn(session);
  return told({ file, forest, tenant, staging }, nextSteps(file, forest, tenant, answers.tenant.name, staging));
}

/** Staging mode first: nothing is exported before somebody has looked. False when the control-plane does not run yet. */
async function stagingOn(session: Session): Promise<boolean> {
  try {
    await session.client.call('putSetting', { path: { key: 'staging' }, body: { value: 'on' } });
    return true;
  } catch (cause) {
    if (toSyncError(cause).code === 'ADJ-API-4001') return false;
    throw cause;
  }
}

function nextSteps(file: string, forest: ForestFacts, tenant: TenantFacts, target: string, staging: boolean): string {
  const notes = [
    ...(forest.otherDomains.length === 0
      ? []
      : [`Not configured: the other domains of the forest (${forest.otherDomains.join(', ')}).`]),
    ...(tenant.verifiedDomains.includes(forest.domain.fqdn.toLowerCase())
      ? []
      : [`${forest.domain.fqdn} is no verified domain of the tenant: names get the suffix ${tenant.initialDomain}.`]),
  ];
  const steps = [
    ...(staging ? [] : ['Start control-plane alone, then turn on staging mode:   adjoin settings set staging on']),
    `Start all processes with ADJOIN_CONFIG=${file}`,
    'Watch the first import:                                 adjoin status',
    `See what would be exported:                             adjoin exports list ${target}`,
    'When it is right, begin to export:                      adjoin settings set staging off',
  ];
  const head = `Wrote ${file}. ${staging ? 'Staging mode is on: nothing is exported yet.' : 'Staging mode is not on yet.'}`;
  return [head, ...notes, '', 'Next:', ...steps.map((step, index) => `  ${index + 1}. ${step}`)].join('\n');
}
