import { z } from 'zod';

/**
 * A fault the simulator injects. It applies to single requests and to items of a batch whose method and path match;
 * `count` limits how often, `skip` lets that many pass first, `probability` makes it random.
 */
export const faultRuleSchema = z
  .object({
    method: z.string().optional().describe('HTTP method; any if absent'),
    path: z
      .string()
      .optional()
      .describe('Regular expression on the path after /v1.0, or the path of the token endpoint'),
    probability: z.number().min(0).max(1).default(1),
    count: z.int().positive().optional().describe('Times the rule fires before it is spent'),
    skip: z.int().nonnegative().default(0),
    status: z
      .union([
        z.literal(400),
        z.literal(401),
        z.literal(403),
        z.literal(404),
        z.literal(429),
        z.literal(500),
        z.literal(503),
        z.literal(504),
        z.literal(509),
      ])
      .optional(),
    code: z.string().optional().describe('error.code instead of the usual one of the status'),
    retryAfter: z.int().nonnegative().optional().describe('Retry-After in seconds'),
    drop: z.boolean().default(false).describe('Close the connection instead of answering'),
    when: z.enum(['before', 'after']).default('before').describe('Before the operation, or after it took effect'),
    delayMs: z.int().nonnegative().default(0),
  })
  .strict()
  .refine(({ status, drop, delayMs }) => status !== undefined || drop || delayMs > 0, {
    error: 'a fault needs a status, drop or delayMs',
  });
export type FaultRule = Readonly<z.infer<typeof faultRuleSchema>>;
