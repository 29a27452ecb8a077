export * from './client/sync-service.js';
export * from './client/sync-service-client.js';
export type { BinaryCall, BinaryReply, BinaryTransport } from './client/binary-transport.js';
export type { CallerParts } from './client/soap-caller.js';
export { ServiceBusy, type WhenBusy } from './client/service-busy.js';
export { FAULT_CODES } from './client/service-fault.js';
export * from './operations/operation-names.js';
export * from './operations/sync-value.js';
export * from './server.js';
