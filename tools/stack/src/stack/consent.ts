import { createInterface } from 'node:readline/promises';
import { describePlan, type DownloadPlan, type Report } from '../fetch/download.js';
import { kafkaPlan } from '../fetch/kafka-download.js';
import { mongodPlan } from '../fetch/mongod-download.js';
import { sambaPlan } from '../fetch/samba-install.js';
import { StackError } from '../stack-error.js';

/** What has to be fetched before a stack can start; empty when everything is there. */
export async function pendingDownloads(
  cacheFolder: string,
  options: { readonly forests: boolean },
): Promise<readonly DownloadPlan[]> {
  const plans = [kafkaPlan(cacheFolder), mongodPlan(cacheFolder), options.forests ? await sambaPlan() : undefined];
  return plans.filter((plan) => plan !== undefined);
}

/**
 * Shows what will be fetched and asks once before system packages are installed.
 * `yes` and a missing terminal mean consent. Throws ADJ-STK-1004 when it is refused.
 */
export async function announceDownloads(
  plans: readonly DownloadPlan[],
  options: { readonly yes: boolean; readonly report: Report },
): Promise<void> {
  if (plans.length === 0) return;
  options.report('to be fetched first:');
  for (const plan of plans) options.report(`  ${describePlan(plan)}`);
  const total = (field: 'downloadMb' | 'diskMb' | 'seconds'): number =>
    plans.reduce((sum, plan) => sum + plan[field], 0);
  options.report(
    `  in all ${total('downloadMb')} MB to download, ${total('diskMb')} MB on disk, about ${total('seconds')} s`,
  );
  if (!plans.some((plan) => plan.system) || options.yes || !process.stdin.isTTY) return;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(
      'Install the system packages named above? No service of this machine is started. [Y/n] ',
    );
    if (/^(|y|yes)$/i.test(answer.trim())) return;
  } finally {
    prompt.close();
  }
  throw new StackError('ADJ-STK-1004', 'Nothing was installed. Install the packages yourself, or use docker compose.');
}
