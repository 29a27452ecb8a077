import { z } from 'zod';
import { LOCAL_PORTS, SyncError } from '@adjoin/contracts';
import { commonEnv, readSecretFile, Redacted } from '@adjoin/shared';
import type { ProcessUrls } from './ports.js';

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

const localProcesses: ProcessUrls = {
  'ad-importer': `http://127.0.0.1:${LOCAL_PORTS.adImporter}`,
  'sync-engine': `http://127.0.0.1:${LOCAL_PORTS.syncEngine}`,
  'entra-exporter': `http://127.0.0.1:${LOCAL_PORTS.entraExporter}`,
};

const processUrls = z
  .string()
  .default(JSON.stringify(localProcesses))
  .transform((text, context): ProcessUrls => {
    const parsed = z.record(z.string(), z.url()).safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    context.addIssue({ code: 'custom', message: 'expected a JSON object {"name": "http://host:port"}' });
    return z.NEVER;
  })
  .describe('health URLs of the other processes, JSON {"name": "http://host:port"}');

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // reported by the schema
  }
}

/** Environment of the control-plane. */
export const controlPlaneEnv = commonEnv.extend({
  ADJOIN_HEALTH_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65535)
    .default(LOCAL_PORTS.controlPlane)
    .describe('port of API, status page and health'),
  ADJOIN_BIND: z.string().default('127.0.0.1').describe('address to listen on; anything but loopback needs a token'),
  ADJOIN_TOKEN: z.string().optional().describe('bearer token that clients must send (prefer ADJOIN_TOKEN_FILE)'),
  ADJOIN_TOKEN_FILE: z.string().optional().describe('file that holds the bearer token'),
  ADJOIN_PROCESSES: processUrls,
});
export type ControlPlaneEnv = z.infer<typeof controlPlaneEnv>;

/** Who may call: the token that is asked for, or only callers on this machine. */
export interface Access {
  readonly token: Redacted<string> | undefined;
}

/** The access rule that follows from the environment. Throws ADJ-CFG-0002 when it listens to the network without a token. */
export function accessOf(env: Pick<ControlPlaneEnv, 'ADJOIN_BIND' | 'ADJOIN_TOKEN' | 'ADJOIN_TOKEN_FILE'>): Access {
  const token =
    env.ADJOIN_TOKEN_FILE !== undefined
      ? readSecretFile(env.ADJOIN_TOKEN_FILE)
      : env.ADJOIN_TOKEN === undefined
        ? undefined
        : new Redacted(env.ADJOIN_TOKEN);
  if (token === undefined && !LOOPBACK.has(env.ADJOIN_BIND)) {
    throw new SyncError('ADJ-CFG-0002', `ADJOIN_BIND is ${env.ADJOIN_BIND}, and there is no token.`, {
      hint: 'Set ADJOIN_TOKEN_FILE to a file with a random token, or listen on 127.0.0.1.',
    });
  }
  return { token };
}
