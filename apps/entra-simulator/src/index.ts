export type { RunningSimulator } from './simulator.js';
export { startSimulator } from './simulator.js';
export type { SimulatorOptions } from './options.js';
export { md4 } from './sign-in/md4.js';
export type { FaultRule } from './faults/fault-rule.js';
export { makeIdentities } from './tls/certificate.js';
export type { Identity } from './tls/certificate.js';
