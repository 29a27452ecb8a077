import type { Applied, AppliedStore } from '../state/applied.store.js';
import type { Intent, IntentStore, OpenCreates } from '../state/intent.store.js';
import type { ShadowStore } from '../state/shadow.store.js';
import type { ShadowValue } from '../mapping/to-graph.js';

/** What an exporter keeps durably. */
export interface ExporterState {
  readonly intents: Pick<IntentStore, 'load' | 'begin'>;
  readonly applied: Pick<AppliedStore, 'load' | 'record' | 'noteUpdates'>;
  readonly shadows: Pick<ShadowStore, 'apply' | 'load' | 'held'>;
}

/** The state in memory; it outlives the exporters that use it. */
export function memoryState(): ExporterState {
  return { intents: memoryIntents(), applied: memoryApplied(), shadows: memoryShadows() };
}

function memoryIntents(): ExporterState['intents'] {
  const open = new Map<string, Intent>();
  return {
    load: (ids) => Promise.resolve(pick(open, ids)),
    begin: (creates) => {
      for (const intent of creates) open.set(intent.id, intent);
      const settle: OpenCreates['settle'] = (settled) => {
        for (const id of settled) open.delete(id);
        return Promise.resolve();
      };
      return Promise.resolve({ settle });
    },
  };
}

function memoryApplied(): ExporterState['applied'] {
  const applied = new Map<string, Applied>();
  return {
    load: (ids) => Promise.resolve(pick(applied, ids)),
    record: (entries) => {
      for (const entry of entries) applied.set(entry._id, entry);
      return Promise.resolve();
    },
    noteUpdates: (updates) => {
      for (const { objectId: _id, cloudId, version, releasedAt } of updates) {
        const known = applied.get(_id) ?? { _id, version: 0, releasedAt: '', cloudId, at: new Date(0) };
        applied.set(_id, { ...known, update: { version, releasedAt } });
      }
      return Promise.resolve();
    },
  };
}

function memoryShadows(): ExporterState['shadows'] {
  const shadows = new Map<string, Readonly<Record<string, ShadowValue>>>();
  return {
    load: (ids) => Promise.resolve(pick(shadows, ids)),
    held: () => heldOf(shadows),
    apply: (changes) => {
      for (const { cloudId, set, unset } of changes) {
        const kept = Object.entries(shadows.get(cloudId) ?? {}).filter(([name]) => !unset.includes(name));
        shadows.set(cloudId, { ...Object.fromEntries(kept), ...set });
      }
      return Promise.resolve();
    },
  };
}

async function* heldOf(shadows: ReadonlyMap<string, Readonly<Record<string, ShadowValue>>>): AsyncGenerator<string> {
  const held = [...shadows].filter(([, values]) =>
    ['userPrincipalName', 'mail'].some((name) => typeof values[name]?.asked === 'string'),
  );
  for (const [id] of held) yield await Promise.resolve(id);
}

function pick<T>(all: ReadonlyMap<string, T>, ids: readonly string[]): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  for (const id of ids) {
    const value = all.get(id);
    if (value !== undefined) found.set(id, value);
  }
  return found;
}
