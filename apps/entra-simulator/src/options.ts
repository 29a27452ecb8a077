import { z } from 'zod';
import { syncServiceSettingsSchema } from './sync-service/settings.js';
import { throttleSettingsSchema } from './throttle/throttle.js';
import { DEFAULT_PERMISSIONS } from './token/client-app.js';

/** Behaviour that can be changed while the simulator runs. */
export const behaviourSchema = z.object({
  eventualMs: z.int().nonnegative().default(0).describe('How long a created object stays hidden from reads, in ms'),
  tokenLifetimeSeconds: z.int().positive().default(3599).describe('Life of an access token in s'),
  deltaPageSize: z.int().positive().default(200).describe('Objects of one delta page; five times as many members'),
  deltaTokenMs: z
    .int()
    .positive()
    .default(7 * 86_400_000)
    .describe('Life of a delta token in ms'),
  allowDeviceCreate: z.boolean().default(false).describe('Let applications create devices, which the service refuses'),
  throttle: throttleSettingsSchema.default(throttleSettingsSchema.parse({})),
  syncService: syncServiceSettingsSchema.default(syncServiceSettingsSchema.parse({})),
});
export type Behaviour = Readonly<z.infer<typeof behaviourSchema>>;

const domainSchema = z.object({ name: z.string().toLowerCase(), federated: z.boolean().default(false) });
const appSchema = z.object({
  clientId: z.string().toLowerCase(),
  displayName: z.string().default('Adjoin'),
  secrets: z.array(z.string()).default([]),
  certificates: z.array(z.string()).default([]).describe('Certificates in PEM'),
  permissions: z.array(z.string()).default([...DEFAULT_PERMISSIONS]),
});

/** Options of a simulator; everything has a default. */
export const optionsSchema = behaviourSchema.extend({
  host: z.string().default('127.0.0.1').describe('Address to listen on'),
  port: z.int().min(0).max(65_535).default(0).describe('HTTPS port; 0 takes a free one'),
  adminPort: z.int().min(0).max(65_535).default(0).describe('Administration port, loopback only; 0 takes a free one'),
  stateDir: z.string().optional().describe('Folder of CA, tenant id and client secret; a temporary one if absent'),
  dataFile: z.string().optional().describe('Content to load at start, if the file exists'),
  save: z.boolean().default(false).describe('Write the content back to the data file at the end'),
  tenantId: z.string().toLowerCase().optional(),
  tenantName: z.string().default('Adjoin Lab'),
  initialDomain: z.string().toLowerCase().default('adjoinlab.onmicrosoft.com'),
  domains: z
    .array(domainSchema)
    .default([
      { name: 'corp.test', federated: false },
      { name: 'res.test', federated: false },
    ])
    .describe('Verified domains beside the initial one'),
  clientId: z.string().toLowerCase().optional(),
  clientSecret: z.string().optional(),
  certificates: z.array(z.string()).default([]).describe('Certificates in PEM of the default application'),
  permissions: z.array(z.string()).default([...DEFAULT_PERMISSIONS]),
  apps: z.array(appSchema).default([]).describe('More applications'),
  recordWrites: z
    .string()
    .optional()
    .describe('File that gets every write to Graph as it came, one JSON object a line; passwords are blanked'),
  recordMessages: z
    .string()
    .optional()
    .describe('File that gets every message of the provisioning web service, in base64; with credentials and tokens'),
  changeCapacity: z.int().positive().default(4_000_000).describe('Changes kept per type for delta queries'),
  journalCapacity: z.int().positive().default(500_000).describe('Changes kept in the journal'),
});
export type SimulatorOptions = z.input<typeof optionsSchema> & {
  /** Current time in ms since 1970. */
  readonly clock?: (() => number) | undefined;
  /** Number from 0 up to 1, for fault probabilities. */
  readonly random?: (() => number) | undefined;
};
export type ResolvedOptions = z.output<typeof optionsSchema>;
