export { importerEnv, type ImporterEnv } from './config.js';
export { runImporter } from './app.js';
export { METRICS } from './telemetry.js';
export { ChangePublisher, SequenceSource, type ChangeBody, type RunOutcome } from './publish/change-publisher.js';
