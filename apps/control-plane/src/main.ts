import { runMain, startTelemetry } from '@adjoin/shared';
import { startControlPlane } from './control-plane.js';

startTelemetry('control-plane');
runMain(startControlPlane);
