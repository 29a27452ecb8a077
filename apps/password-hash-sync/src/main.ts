#!/usr/bin/env node
import { parseEnv, runMain, startTelemetry } from '@adjoin/shared';
import { runPasswordHashSync } from './app.js';
import { passwordEnv } from './config.js';

startTelemetry('password-hash-sync');
runMain(() => runPasswordHashSync(parseEnv(passwordEnv)));
