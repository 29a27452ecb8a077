export { run } from './run.js';
export { EXIT, type ExitCode } from './exit-code.js';
export type { Io, Tone } from './io.js';
