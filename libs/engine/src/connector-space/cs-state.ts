import type { CsObject } from '../sync/model.js';

/** States of SPEC.md. `removed` = no object. */
export const CS_STATES = [
  'placeholder',
  'unsent',
  'sending',
  'acknowledged',
  'imported',
  'delete-pending',
  'delete-sending',
  'gone',
  'removed',
] as const;
export type CsState = (typeof CS_STATES)[number];

/** Events of SPEC.md. */
export type CsEvent = 'import' | 'import-delete' | 'send' | 'acknowledge' | 'fail' | 'deprovision';

/** The state of an object, derived from its fields. */
export function stateOf(cs: CsObject | null): CsState {
  if (cs === null) return 'removed';
  if (cs.importedDelete) return 'gone';
  if (cs.state === 'placeholder') return 'placeholder';
  if (cs.inFlight === 'delete') return 'delete-sending';
  if (cs.pendingExport?.operation === 'delete') return 'delete-pending';
  if (cs.state === 'imported') return 'imported';
  if (cs.inFlight !== undefined) return 'sending';
  return cs.unconfirmed === undefined ? 'unsent' : 'acknowledged';
}

/** Where an event leads (SPEC.md); `never` = cannot happen in that state. */
export const csTransitions: Readonly<
  Record<Exclude<CsState, 'removed'>, Readonly<Record<CsEvent, CsState | 'never'>>>
> = {
  placeholder: {
    import: 'imported',
    'import-delete': 'gone',
    send: 'never',
    acknowledge: 'never',
    fail: 'never',
    deprovision: 'never',
  },
  unsent: {
    import: 'imported',
    'import-delete': 'gone',
    send: 'sending',
    acknowledge: 'never',
    fail: 'unsent',
    deprovision: 'removed',
  },
  sending: {
    import: 'imported',
    'import-delete': 'gone',
    send: 'never',
    acknowledge: 'acknowledged',
    fail: 'unsent',
    deprovision: 'delete-pending',
  },
  acknowledged: {
    import: 'imported',
    'import-delete': 'gone',
    send: 'acknowledged',
    acknowledge: 'acknowledged',
    fail: 'acknowledged',
    deprovision: 'delete-pending',
  },
  imported: {
    import: 'imported',
    'import-delete': 'gone',
    send: 'imported',
    acknowledge: 'imported',
    fail: 'imported',
    deprovision: 'delete-pending',
  },
  'delete-pending': {
    import: 'delete-pending',
    'import-delete': 'gone',
    send: 'delete-sending',
    acknowledge: 'delete-pending',
    fail: 'delete-pending',
    deprovision: 'delete-pending',
  },
  'delete-sending': {
    import: 'delete-sending',
    'import-delete': 'gone',
    send: 'never',
    acknowledge: 'removed',
    fail: 'delete-pending',
    deprovision: 'delete-sending',
  },
  gone: {
    import: 'imported',
    'import-delete': 'gone',
    send: 'never',
    acknowledge: 'gone',
    fail: 'gone',
    deprovision: 'gone',
  },
};
