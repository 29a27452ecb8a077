import { z } from 'zod';
import { commonEnv } from '@adjoin/shared';

/** Environment of the sync engine. */
export const engineEnv = commonEnv.extend({
  ADJOIN_RELEASE_WINDOW: z.coerce.number().int().min(1).default(2000).describe('most exports in flight to one target'),
  ADJOIN_KAFKA_PARTITIONS: z.coerce.number().int().min(1).default(6).describe('partitions of topics that are created'),
});
export type EngineEnv = z.infer<typeof engineEnv>;
