import type { AttributeChanges, Attributes, CsLink, CsObject, PendingExport, UnconfirmedExport } from '@adjoin/engine';
import type { SourceVersion } from '@adjoin/contracts';

/** Why an object waits for synchronization. */
export type DirtyReason = 'import' | 'rules' | 'reference' | 'container' | 'join-key' | 'retry' | 'result' | 'operator';

export interface ObjectFailure {
  readonly code: string;
  readonly message: string;
  readonly firstSeen: Date;
  readonly count: number;
}

/**
 * The order in which pending exports go: what takes access away, changes, new objects, new objects that refer to others (which are then there
 * already), deletes. A number, so that one index serves the order and the counts.
 */
export const LANE = { urgent: 0, change: 1, add: 2, addWithReferences: 3, delete: 4 } as const;
export type ExportLaneNumber = (typeof LANE)[keyof typeof LANE];

/** State of the export of a target object (DESIGN §6). Absent when there is nothing to export. */
export interface ExportState {
  /** `waiting`: a reference waits for an object that the target does not have yet. `failed`: refused, tried again at `nextAt`. `discarded`: an operator refused the delete. */
  readonly state: 'pending' | 'in-flight' | 'waiting' | 'failed' | 'discarded';
  readonly lane: ExportLaneNumber;
  readonly nextAt: Date;
  /** When this pending export was decided (ms); names it in holds and approvals. */
  readonly decidedAt: number;
  /** An approval let this delete pass the threshold. */
  readonly approvedBy?: string | undefined;
  readonly releasedAt?: Date | undefined;
  /** Target objects whose cloud id is not known yet and that a reference of this export needs. */
  readonly waitsFor?: readonly string[] | undefined;
  /** A delete is decided again after a delta import of these partitions that started after `since`. */
  readonly settle?:
    | {
        readonly since: Date;
        readonly partitions: readonly { connector: string; partition: string }[];
        /** Source objects that made it; while one of them fails it waits. */
        readonly causes?: readonly string[] | undefined;
      }
    | undefined;
  readonly attempts: number;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

/** What has been released and not been answered. */
export interface Escrow {
  readonly operation: 'add' | 'update' | 'delete';
  readonly changes: AttributeChanges;
  readonly version: number;
  readonly references?:
    Readonly<Record<string, { readonly add: readonly string[]; readonly remove: readonly string[] }>> | undefined;
}

/** What was exported and acknowledged, and is not what the target shows (exported-change-not-reimported). */
export interface Refutation {
  readonly changes: AttributeChanges;
  /** How often the same values were sent in vain. */
  readonly times: number;
  readonly since: Date;
  /** They are not sent again before. */
  readonly until: Date;
}

/** A document of `connectorObjects`; written by the engine only. */
export interface CsDocument {
  _id: string;
  connector: string;
  type: string;
  anchor?: string | undefined;
  dn: string;
  rdn?: string | undefined;
  /** Anchor of the parent container. */
  parent?: string | undefined;
  partition?: string | undefined;
  state: CsObject['state'];
  imported: Attributes;
  counts?: Readonly<Record<string, number>> | undefined;
  unconfirmed?: UnconfirmedExport | undefined;
  /** Acknowledgement of `unconfirmed`: only a read that started later, plus the consistency window, can refute it. */
  acknowledgedAt?: Date | undefined;
  escrow?: Escrow | undefined;
  pendingExport?: PendingExport | undefined;
  importedDelete: boolean;
  /** The object left the scope and still exists: what refers to it stays known for its return. */
  leftScope?: boolean | undefined;
  link?: CsLink | undefined;
  rules: readonly string[];
  unsupported?: readonly string[] | undefined;
  /** Version of the last import that was staged. */
  ver?: SourceVersion | undefined;
  /** Run that staged it last. */
  lastRun?: string | undefined;
  /** Due for synchronization at this time; absent when clean. */
  dirtyAt?: Date | undefined;
  dirtyReason?: DirtyReason | undefined;
  /** Join keys under which a target object can be found by outbound joins. */
  joinKeys?: readonly string[] | undefined;
  /** Metaverse join keys that this disconnector looks for. */
  wants?: readonly string[] | undefined;
  error?: ObjectFailure | undefined;
  exp?: ExportState | undefined;
  /** Version of the last release; grows with every release. */
  releases?: number | undefined;
  /** W3C trace parent of the change that is on its way. */
  trace?: string | undefined;
  /** Exports that the target did not keep. */
  refuted?: Refutation | undefined;
}

/** The engine's view of a document: what is being sent counts as sent, so that it is neither sent twice nor forgotten. */
export function toCsObject(document: CsDocument): CsObject {
  return {
    id: document._id,
    connector: document.connector,
    type: document.type,
    anchor: document.anchor,
    dn: document.dn,
    partition: document.partition,
    state: document.state,
    imported: document.imported,
    counts: document.counts,
    unconfirmed: mergeUnconfirmed(document.unconfirmed, document.escrow),
    pendingExport: document.pendingExport,
    inFlight: document.escrow?.operation,
    importedDelete: document.importedDelete,
    link: document.link,
    rules: document.rules,
    unsupported: document.unsupported,
  };
}

function mergeUnconfirmed(
  unconfirmed: UnconfirmedExport | undefined,
  escrow: Escrow | undefined,
): UnconfirmedExport | undefined {
  if (escrow === undefined) return unconfirmed;
  if (unconfirmed === undefined) return { operation: escrow.operation, changes: escrow.changes };
  return {
    operation: escrow.operation === 'delete' ? 'delete' : unconfirmed.operation,
    changes: { ...unconfirmed.changes, ...escrow.changes },
  };
}

/** Id of an object that was imported. Objects made by provisioning have ids of their own and are found by anchor. */
export const importedId = (connector: string, anchor: string): string => `${connector}|${anchor}`;
