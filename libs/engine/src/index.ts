export * from './attribute/value.js';
export * from './expression/index.js';
export * from './sync-rules/model.js';
export { CompiledRuleSet } from './sync-rules/compiled-rule-set.js';
export { compileRuleSet, type CompileOptions, type CompileRuleSetResult } from './sync-rules/compile-rule-set.js';
export { joinKey } from './sync-rules/join-key.js';
export type { ReferenceFlow } from './sync-rules/reference-flows.js';
export type { RuleProblem } from './sync-rules/rule-problem.js';
export * from './sync/model.js';
export type { SyncErrorCode } from './sync/object-failure.js';
export { SyncSession, type SyncSessionOptions } from './sync/session.js';
export { waitKeysOf } from './sync/wait-key.js';
export type { ContributionVerdict, TracedContribution, TraceEvent, TraceSink } from './sync/trace.js';
export { applyChanges, acknowledgedImage, imageOf, isBeingDeleted, isUnsent } from './connector-space/image.js';
export {
  acknowledgeExport,
  failExport,
  type AcknowledgedExport,
  type ExportAcknowledgement,
} from './connector-space/acknowledge-export.js';
export {
  stageImport,
  type ImportChange,
  type ImportModification,
  type StagedImport,
} from './connector-space/stage-import.js';
export { decideDeletionGate, type DeletionGateDecision, type DeletionGateInput } from './safety/deletion-gate.js';
export {
  decideMembershipLossGate,
  type MembershipLoss,
  type MembershipLossGateDecision,
  type MembershipLossGateInput,
} from './safety/membership-loss-gate.js';
export {
  MemorySpace,
  type MemoryExportOptions,
  type MemoryImport,
  type MemorySpaceOptions,
} from './testing/memory-space.js';
export { fuzzParser, type ParserFailure, type ParserFuzzing } from './testing/fuzz-parser.js';
export { canonicalRuleSet } from './sync-rules/canonical-rule-set.js';
export { CS_STATES, csTransitions, stateOf, type CsEvent, type CsState } from './connector-space/cs-state.js';
