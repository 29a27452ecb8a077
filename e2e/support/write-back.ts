import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { WriteBackFeature } from '@adjoin/contracts';
import { parse } from 'yaml';
import { z } from 'zod';
import { adjoin } from './adjoin.js';
import type { Lab } from './lab.js';
import { waitFor } from './wait-for.js';

const checks = z.object({
  connectors: z.array(
    z.object({
      state: z.string(),
      servers: z.array(
        z.object({
          domains: z.array(
            z.object({ features: z.array(z.object({ feature: z.string(), commands: z.array(z.string()) })) }),
          ),
        }),
      ),
    }),
  ),
});

/** What an administrator changes in the connector file. */
export async function turnOnWriteBack(lab: Lab, feature: WriteBackFeature, ruleOptions: object): Promise<void> {
  const file = lab.stack.connectorFile;
  const config = parse(await readFile(file, 'utf8')) as {
    connectors: Record<string, unknown>[];
    rules: { options: Record<string, unknown> };
  };
  const connectors = config.connectors.map((one) => (one['type'] === 'ad' ? { ...one, writeBack: [feature] } : one));
  const options = { ...config.rules.options, ...ruleOptions };
  await writeFile(file, JSON.stringify({ ...config, connectors, rules: { ...config.rules, options } }));
}

/** `adjoin ad check` of the forest. */
export const checkRights = (lab: Lab) =>
  adjoin(lab, 'ad', 'check', 'corp', '--config', lab.stack.connectorFile, '--features', 'import');

/** Runs the command that the check prints for a feature whose right is lacking, as an administrator would, and waits until the check is content. */
export async function grantWriteBack(lab: Lab, feature: WriteBackFeature): Promise<void> {
  const before = await checkRights(lab);
  const features = checks.parse(before.json).connectors[0]?.servers[0]?.domains[0]?.features ?? [];
  const [command = ''] = features.find((one) => one.feature === feature)?.commands ?? [];
  const [program = '', ...args] = [...command.matchAll(/[^\s"]*"[^"]*"|\S+/g)].map(([word]) =>
    word.replaceAll('"', ''),
  );
  const folder = join(lab.stack.runFolder, 'corp');
  const files = ['-H', join(folder, 'private/sam.ldb'), '-s', join(folder, 'etc/smb.conf')];
  await promisify(execFile)(program, [...args, ...files]);
  // The program writes into the database of the running server, which may take note a moment later.
  await waitFor(lab, 'the granted right', async () => (await checkRights(lab)).exit === 0);
}

/** Whether everything that was written to the forest was shown by an import, and nothing else is to be written. */
export async function isConfirmed(lab: Lab): Promise<boolean> {
  const { targets } = await lab.controlPlane.status();
  const corp = targets.find(({ name }) => name === 'corp');
  return corp?.pending.updates === 0 && corp.inFlight === 0 && corp.unconfirmed === 0;
}
