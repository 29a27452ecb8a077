export { runExporter } from './app.js';
export { exporterEnv, type ExporterEnv } from './config.js';
