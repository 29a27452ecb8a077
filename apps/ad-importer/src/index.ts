export { importerEnv, type ImporterEnv } from './config.js';
export { runImporter } from './app.js';
export { METRICS } from './telemetry.js';
