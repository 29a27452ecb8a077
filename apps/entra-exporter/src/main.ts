#!/usr/bin/env node
import { parseEnv, runMain, startTelemetry } from '@adjoin/shared';
import { runExporter } from './app.js';
import { exporterEnv } from './config.js';

startTelemetry('entra-exporter');
runMain(() => runExporter(parseEnv(exporterEnv)));
