import { z } from 'zod';
import { DEFAULT_FEATURES } from './features.js';

/** Behaviour of the provisioning web service. */
export const syncServiceSettingsSchema = z.object({
  features: z.int().nonnegative().default(DEFAULT_FEATURES).describe('Bit mask of the tenant (DirSyncFeatures)'),
  minimumBuild: z.string().default('2.0.0.0').describe('Older client builds are refused, as 1.5.29.0 was in 2023'),
  blockedBuilds: z.array(z.string()).default([]).describe('Client builds that are refused'),
  redirections: z
    .int()
    .nonnegative()
    .default(0)
    .describe('How many of the next calls are sent to another address first'),
});
export type SyncServiceSettings = Readonly<z.infer<typeof syncServiceSettingsSchema>>;
