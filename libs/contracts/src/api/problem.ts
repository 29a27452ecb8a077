import { z } from 'zod';

/** Body of every answer that is not 2xx. The text says what, where and what to do; never a stack trace. */
export const problemBody = z.object({
  error: z.object({
    code: z.string().describe('ADJ-<area>-<number>, see docs/error-codes.md'),
    message: z.string(),
    hint: z.string(),
    retry: z.enum(['never', 'later', 'now']),
    object: z.string().optional(),
  }),
});
export type ProblemBody = z.infer<typeof problemBody>;
