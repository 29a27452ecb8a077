export * from './client/sync-service.js';
export * from './operations/operation-names.js';
export * from './operations/sync-value.js';
