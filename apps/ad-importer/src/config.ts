import { z } from 'zod';
import { commonEnv } from '@adjoin/shared';

/** Environment of the ad-importer; one process (or several replicas) per forest. */
export const importerEnv = commonEnv.extend({
  ADJOIN_CONNECTOR: z.string().describe('name of the AD connector in ADJOIN_CONFIG that this process imports'),
  ADJOIN_KAFKA_PARTITIONS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(6)
    .describe('partitions of the topic of changes when it has to be created'),
  ADJOIN_LEASE_MS: z.coerce
    .number()
    .int()
    .min(2000)
    .default(10_000)
    .describe('life of the lease of a domain; another replica takes over after it'),
});
export type ImporterEnv = z.infer<typeof importerEnv>;
