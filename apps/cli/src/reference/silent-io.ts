import type { SessionOptions } from '../session.js';

/** A session that says nothing and reaches nobody: enough to build the tree of commands. */
export const silentSession: SessionOptions = {
  io: {
    out: () => undefined,
    err: () => undefined,
    interactive: false,
    columns: undefined,
    paint: (_tone, text) => text,
    readInput: () => Promise.resolve(''),
    ask: () => Promise.resolve(''),
  },
  env: {},
  operator: 'nobody',
  fetch: () => Promise.reject(new Error('no network here')),
  signal: new AbortController().signal,
};
