import { z } from 'zod';
import { commonEnv } from '@adjoin/shared';

/** Environment of password-hash-sync; one process (or several replicas) per forest. */
export const passwordEnv = commonEnv.extend({
  ADJOIN_CONNECTOR: z.string().describe('name of the AD connector in ADJOIN_CONFIG whose passwords are synchronized'),
  ADJOIN_TARGET: z.string().default('entra').describe('name of the Entra connector that gets them'),
  ADJOIN_KAFKA_PARTITIONS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(6)
    .describe('partitions of the topic of password scopes when it has to be created'),
  ADJOIN_LEASE_MS: z.coerce
    .number()
    .int()
    .min(2000)
    .default(10_000)
    .describe('life of the lease of the forest; another replica takes over after it'),
});
export type PasswordEnv = z.infer<typeof passwordEnv>;
