import { hostname } from 'node:os';
import { z } from 'zod';
import { SyncError } from '@adjoin/contracts';
import { kafkaEnv } from '../kafka/access.js';
import { readSecretFile } from './secret-file.js';

/** Environment that every process understands; defaults fit the local stack. */
export const commonEnv = z.object({
  ADJOIN_CONFIG: z.string().optional().describe('connector file (YAML or JSON)'),
  ADJOIN_MONGO_URI: z
    .string()
    .default('mongodb://127.0.0.1:27117/adjoin?replicaSet=rs0')
    .describe('MongoDB replica set; the database is part of the URI'),
  ADJOIN_MONGO_URI_FILE: z.string().optional().describe('file that holds the MongoDB URI (for URIs with credentials)'),
  ...kafkaEnv,
  ADJOIN_HEALTH_PORT: z.coerce.number().int().min(0).max(65535).default(0),
  ADJOIN_HEALTH_HOST: z.string().default('127.0.0.1').describe('address of /livez, /readyz and /metrics'),
  ADJOIN_INSTANCE: z.string().default(`${hostname()}-${process.pid}`).describe('name of this replica'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});
export type CommonEnv = z.infer<typeof commonEnv>;

/** Parses the environment; throws ADJ-CFG-0001 with every problem at once. Empty variables count as absent. */
export function parseEnv<T extends z.ZodType>(
  schema: T,
  env: Readonly<Record<string, string | undefined>> = process.env,
): z.infer<T> {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(present);
  if (!parsed.success)
    throw new SyncError('ADJ-CFG-0001', `The environment is invalid:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** The MongoDB URI: from its file when one is named, since a URI may carry credentials. */
export function mongoUri(env: Pick<CommonEnv, 'ADJOIN_MONGO_URI' | 'ADJOIN_MONGO_URI_FILE'>): string {
  return env.ADJOIN_MONGO_URI_FILE === undefined
    ? env.ADJOIN_MONGO_URI
    : readSecretFile(env.ADJOIN_MONGO_URI_FILE).reveal();
}
