import { z } from 'zod';
import type { TargetStatus } from '@adjoin/contracts';

/** What the exporter keeps in `rateBudget`: the bucket of writes that the service allows, while it limits. */
export const budgetDocument = z.object({
  _id: z.string(),
  tokens: z.number(),
  at: z.date(),
  signAt: z.date(),
  capacity: z.coerce.number().positive(),
  perSecond: z.coerce.number().positive(),
});
export type BudgetDocument = z.infer<typeof budgetDocument>;

/** A limit without a sign for this long is not enforced any more; the exporter forgets it then as well. */
const LAPSE_MS = 15 * 60_000;
/** Additions of members travel in one write (operations/graph-export.md section 2). */
const MEMBERS_PER_WRITE = 20;

/**
 * How long the pending exports take at the tenant's quota: what the bucket holds goes at once, the rest as it fills. One write for each object,
 * so it is the least that is possible. Undefined while the service does not limit, or nothing is pending.
 */
export function quotaOf(
  target: Pick<TargetStatus, 'pending' | 'inFlight'>,
  budget: BudgetDocument | undefined,
  now: Date,
): TargetStatus['quota'] {
  if (budget === undefined || now.getTime() - budget.signAt.getTime() > LAPSE_MS) return undefined;
  const { adds, updates, deletes, members } = target.pending;
  const writes = adds + updates + deletes + target.inFlight + Math.ceil(members / MEMBERS_PER_WRITE);
  if (writes === 0) return undefined;
  const gained = (Math.max(0, now.getTime() - budget.at.getTime()) * budget.perSecond) / 1000;
  const tokens = Math.min(budget.capacity, budget.tokens + gained);
  const minutesLeft = Math.max(0, writes - tokens) / budget.perSecond / 60;
  return { writesPerSecond: budget.perSecond, minutesLeft, message: messageOf(minutesLeft) };
}

function messageOf(minutes: number): string {
  if (minutes < 1) return "less than a minute left at the tenant's quota";
  const rounded = Math.ceil(minutes);
  return `${rounded} minute${rounded === 1 ? '' : 's'} left at the tenant's quota`;
}
