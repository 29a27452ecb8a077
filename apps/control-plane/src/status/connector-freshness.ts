import type { ConnectorConfig, ConnectorStatus } from '@adjoin/contracts';
import { toInstant } from '../naming/wire.js';
import type { CursorDocument, SyncDocument } from './engine-state.js';

/** State of one connector from what importer and engine recorded. A connector is as fresh as its oldest partition. */
export function connectorStatusOf(
  connector: ConnectorConfig,
  sync: SyncDocument | undefined,
  cursors: readonly CursorDocument[],
  now: Date,
): ConnectorStatus {
  const read = cursors.map((cursor) => latest(toInstant(cursor.lastDeltaAt), toInstant(cursor.lastCompleteFullAt)));
  const full = cursors.map((cursor) => toInstant(cursor.lastCompleteFullAt));
  const staged = toInstant(sync?.lastCompleteImport?.at);
  const complete = staged ?? oldest(full);
  const lastRead = oldest(read) ?? staged;
  const problems = cursors.flatMap(({ _id, failure, warnings }) =>
    [...(failure == null ? [] : [failure]), ...(warnings ?? [])].map((problem) => ({
      partition: String(_id),
      ...problem,
    })),
  );
  return {
    name: connector.name,
    type: connector.type,
    enabled: connector.enabled,
    lastCompleteImport: complete === null ? null : { at: complete, runId: sync?.lastCompleteImport?.runId ?? null },
    freshnessSeconds:
      lastRead === null ? null : Math.max(0, Math.round((now.getTime() - Date.parse(lastRead)) / 100) / 10),
    lastSyncedAt: toInstant(sync?.lastSyncedAt),
    backlog: sync?.dirty ?? 0,
    errors: sync?.errors ?? 0,
    ...(problems.length === 0 ? {} : { problems }),
  };
}

function latest(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}

/** The smallest instant; null when there is none or one partition has never been read. */
function oldest(instants: readonly (string | null)[]): string | null {
  const known = instants.filter((instant) => instant !== null).sort();
  return known.length < instants.length ? null : (known[0] ?? null);
}
