import type { ExportState } from '@adjoin/contracts';
import type { CsDocument } from '../connector-space/cs-document.js';

/** A closed gate of a target, as the engine reports it. */
export interface TargetGate {
  readonly gate: string;
  readonly reason: string;
}

/** Gates that let nothing pass. */
const CLOSES_ALL = new Set(['staging', 'baseline', 'stop-all', 'hold']);
export const closesAll = (gate: string): boolean => CLOSES_ALL.has(gate);
/** Gates that let no delete pass that nobody approved. */
const CLOSES_DELETES = new Set(['deletion-threshold', 'rules-sweep']);

type Hold = Pick<ExportState, 'state' | 'gate' | 'reason'>;

/** Where an export stands: what the engine stored, seen through the gates that are closed now (DESIGN §6). */
export function holdOf(doc: CsDocument, gates: readonly TargetGate[]): Hold {
  const { exp } = doc;
  if (exp === null) return { state: 'pending', gate: null, reason: null };
  if (exp.state === 'discarded')
    return { state: 'discarded', gate: 'discarded', reason: 'An operator discarded this deletion.' };
  if (exp.state === 'waiting') {
    return {
      state: 'waiting',
      gate: 'after',
      reason: `Waits for ${exp.waitsFor.length === 0 ? 'another object' : exp.waitsFor.join(', ')}.`,
    };
  }
  if (exp.state === 'in-flight') return { state: 'in-flight', gate: null, reason: null };
  const gate = closedFor(doc, gates);
  if (gate !== undefined) return { state: 'held', gate: gate.gate, reason: gate.reason };
  if (doc.pendingExport?.operation === 'delete' && exp.settle != null) {
    return {
      state: exp.state,
      gate: 'settling',
      reason: 'Waits for a delta import that began after the deletion was decided.',
    };
  }
  return { state: exp.state, gate: null, reason: exp.message };
}

function closedFor(doc: CsDocument, gates: readonly TargetGate[]): TargetGate | undefined {
  const all = gates.find(({ gate }) => CLOSES_ALL.has(gate));
  const unapprovedDelete = doc.pendingExport?.operation === 'delete' && doc.exp?.approvedBy === null;
  return all ?? (unapprovedDelete ? gates.find(({ gate }) => CLOSES_DELETES.has(gate)) : undefined);
}

/** Condition on `connectorObjects` for exports that {@link holdOf} calls held. */
export function heldCondition(gates: readonly TargetGate[]): Record<string, unknown> {
  const open = { 'exp.state': { $in: ['pending', 'failed'] } };
  if (gates.some(({ gate }) => CLOSES_ALL.has(gate))) return open;
  if (gates.some(({ gate }) => CLOSES_DELETES.has(gate))) {
    return { ...open, 'pendingExport.operation': 'delete', 'exp.approvedBy': { $exists: false } };
  }
  return { _id: { $in: [] } };
}
