export { describeError, StackError, type StackErrorCode } from './stack-error.js';
export {
  defaultPorts,
  PORT_TABLE,
  slotForest,
  slotPorts,
  type PortEntry,
  type PortName,
  type StackPorts,
} from './ports.js';
export { nodeBinary, repositoryRoot, stateFolder, type StateFolder } from './state-folder.js';
export { describePlan, type DownloadPlan, type Report } from './fetch/download.js';
export { ensureKafka, kafkaPlan } from './fetch/kafka-download.js';
export { ensureMongod, mongodPlan } from './fetch/mongod-download.js';
export { ensureSamba, sambaPlan } from './fetch/samba-install.js';
export { type CrashReport, ManagedProcess, type ProcessSpec, type ServiceHandle } from './process/managed-process.js';
export { reserveSlot, type SlotReservation } from './stack/free-slot.js';
export { accepts, freePort, requireFreePort } from './process/port-check.js';
export { waitUntil } from './process/wait.js';
export type { ServiceContext } from './services/service-context.js';
export { startKafka, type KafkaOptions, type KafkaService } from './services/kafka.js';
export { startMongo, type MongoOptions, type MongoService } from './services/mongo.js';
export {
  directoryLoad,
  FORESTS,
  loadedUserPassword,
  type DirectoryLoad,
  type ForestDefinition,
  type ForestDescription,
  type LabAccount,
  type LoadedCounts,
} from './samba/forest.js';
export { labForests, type ForestPlan } from './samba/lab-forests.js';
export { startSamba, type SambaOptions, type SambaService } from './samba/start-samba.js';
export { prepareApp, startApp, startApps, type AppDefinition } from './apps/start-app.js';
export { appDefinitions, simulatorDefinition, type AppEnvironment } from './apps/app-definitions.js';
export {
  connectorConfig,
  simulatorFolder,
  writeConnectorFile,
  type ConnectorFileInput,
} from './apps/connector-file.js';
export { LAB_TENANT } from './apps/lab-tenant.js';
export { bringUp, type Stack, type StackOptions } from './stack/bring-up.js';
export { announceDownloads, pendingDownloads } from './stack/consent.js';
export { readStackRecord, recordedStacks, type StackProcess, type StackRecord } from './stack/stack-file.js';
