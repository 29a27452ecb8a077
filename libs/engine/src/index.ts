export * from './attribute/value.js';
export * from './sync-rules/model.js';
export * from './sync/model.js';
