import type { AttributeValue } from '../attribute/value.js';
import type { TraceStep } from '../expression/trace.js';
import type { ScopeClause } from '../sync-rules/model.js';
import type { AttributeChanges } from './model.js';

/** Why a flow did or did not supply the value of an attribute. */
export type ContributionVerdict =
  /** Supplied the value. */
  | 'won'
  /** Added to a merged value. */
  | 'merged'
  /** A rule of higher precedence supplied the value. */
  | 'outranked'
  | 'null'
  | 'ignored'
  /** Ended the search without a value. */
  | 'authoritative-null'
  /** An AuthoritativeNull of higher precedence ended the search. */
  | 'blocked'
  | 'error';

/** One flow in the contest for an attribute, in precedence order. */
export interface TracedContribution {
  readonly rule: string;
  readonly precedence: number;
  /** Source object: connector-space id inbound, metaverse id outbound. */
  readonly source: string;
  readonly verdict: ContributionVerdict;
  readonly value?: AttributeValue | undefined;
  readonly message?: string | undefined;
  /** Values of sub-expressions; only for flows that were evaluated as an expression. */
  readonly steps: readonly TraceStep[];
}

/** One step of a decision, in the order in which it was made. */
export type TraceEvent =
  | {
      readonly kind: 'rule';
      readonly rule: string;
      readonly object: string;
      readonly inScope: boolean;
      /** The scope group that holds; empty without a filter. */
      readonly holding: readonly ScopeClause[];
      readonly failing: readonly ScopeClause[];
    }
  | {
      readonly kind: 'join';
      readonly rule: string;
      readonly object: string;
      readonly group: number;
      readonly matches: readonly string[];
    }
  | {
      readonly kind: 'link';
      readonly object: string;
      readonly mv: string;
      readonly action: 'projected' | 'joined' | 'kept' | 'disjoined' | 'provisioned' | 'deprovisioned' | 'not-linked';
      readonly rule?: string | undefined;
    }
  | {
      readonly kind: 'attribute';
      readonly direction: 'inbound' | 'outbound';
      readonly object: string;
      readonly attribute: string;
      readonly result: AttributeValue | undefined;
      readonly contributions: readonly TracedContribution[];
    }
  | { readonly kind: 'metaverse-delete'; readonly mv: string }
  | {
      readonly kind: 'export';
      readonly object: string;
      readonly operation: 'none' | 'add' | 'update' | 'delete';
      readonly changes: AttributeChanges;
      readonly unsupported: readonly string[];
    };

/** Receives the events of a decision. A decision that ends in an error or in needs has sent the events up to there. */
export type TraceSink = (event: TraceEvent) => void;
