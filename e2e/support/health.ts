import { z } from 'zod';
import type { AppName, Lab } from './lab.js';

const report = z.object({
  ready: z.boolean(),
  checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.unknown().optional() })),
});
/** What `/readyz` answers. */
export type Readiness = z.infer<typeof report>;

/** Asks a process whether it can work. Fails when it does not answer. */
export async function readiness(lab: Lab, app: AppName): Promise<Readiness> {
  const response = await fetch(`${lab.address(app)}/readyz`, { signal: AbortSignal.timeout(5000) });
  return report.parse(await response.json());
}
