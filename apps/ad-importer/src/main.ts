#!/usr/bin/env node
import { parseEnv, runMain, startTelemetry } from '@adjoin/shared';
import { runImporter } from './app.js';
import { importerEnv } from './config.js';

startTelemetry('ad-importer');
runMain(() => runImporter(parseEnv(importerEnv)));
