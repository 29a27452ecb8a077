export { runInterop } from './interop.js';
