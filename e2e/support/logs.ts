import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import type { AppName, Lab } from './lab.js';

const line = z.object({
  level: z.string(),
  event: z.string().optional(),
  code: z.string().optional(),
  hint: z.string().optional(),
  msg: z.string().optional(),
});
/** A line of a log of ours. */
export type LogLine = z.infer<typeof line>;

/** Where the log of a process ends now; for {@link codedLines}. */
export function logSize(lab: Lab, app: AppName): number {
  return statSync(lab.service(app).logFile).size;
}

/** Lines of a process's log from a position on that carry an error code. */
export function codedLines(lab: Lab, app: AppName, code: string, from: number): readonly LogLine[] {
  const text = readFileSync(lab.service(app).logFile).subarray(from).toString('utf8');
  return text
    .slice(0, text.lastIndexOf('\n')) // the last line may be half written
    .split('\n')
    .filter((one) => one.startsWith('{'))
    .flatMap((one) => {
      const parsed = line.safeParse(JSON.parse(one));
      return parsed.success && parsed.data.code === code ? [parsed.data] : [];
    });
}
