import { runMain, startTelemetry } from '@adjoin/shared';

startTelemetry('sync-engine');
runMain(async () => {
  const { main } = await import('./app.js');
  await main();
});
