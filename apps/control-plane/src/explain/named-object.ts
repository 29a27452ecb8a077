import type { ExplainedObject } from '@adjoin/contracts';
import type { Decision } from './decider.js';
import { csSubject, mvSubject } from './explained-object.js';

/** An object of either space, as it is after the decision, or as it was when the decision removed it. */
export function namedObject(decision: Decision, id: string): ExplainedObject | undefined {
  const cs = decision.cs(id) ?? decision.before.cs(id);
  if (cs != null) return csSubject(cs);
  const mv = decision.mv(id) ?? decision.before.mv(id);
  return mv == null ? undefined : mvSubject(mv);
}
