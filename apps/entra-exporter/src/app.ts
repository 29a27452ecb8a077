import {
  EXPORT_LANES,
  changesTopic,
  confirmTopic,
  exportsTopic,
  resultsTopic,
  type AdjoinConfig,
  type EntraConnectorConfig,
} from '@adjoin/contracts';
import {
  BatchConsumer,
  ExportGate,
  connectMongo,
  createKafka,
  kafkaAccess,
  createLogger,
  createProducer,
  ensureTopics,
  entraConnector,
  loadAdjoinConfig,
  mongoUri,
  partitionCount,
  runApp,
  type Logger,
  type MessageProducer,
  type MongoHandle,
  type Runnable,
} from '@adjoin/shared';
import { ImportWorker } from './confirming-import/import-worker.js';
import { type ExporterEnv } from './config.js';
import { ConditionLog } from './export-run/condition-log.js';
import { ExportRun } from './export-run/export-run.js';
import { AppliedStore } from './state/applied.store.js';
import { IntentStore } from './state/intent.store.js';
import { ShadowStore } from './state/shadow.store.js';
import { openTarget } from './target/open-target.js';

/** Batches in work at the same time, by lane. */
const CONCURRENCY = { urgent: 2, normal: 3, bulk: 3 } as const;
/** Under flow exports gather this long: the costs of a batch (state, results, commit) are shared by more of them. */
const GATHER_MS = { urgent: 0, normal: 200, bulk: 300 } as const;

/** Runs the exporter of one Entra connector until SIGTERM. */
export async function runExporter(env: ExporterEnv): Promise<void> {
  const log = createLogger('entra-exporter', env.LOG_LEVEL).child({ connector: env.ADJOIN_TARGET });
  const exporter = await buildExporter(env, loadAdjoinConfig(env.ADJOIN_CONFIG), log);
  await runApp({
    name: 'entra-exporter',
    env,
    log,
    runnables: exporter.runnables,
    health: () => ({ export: exporter.conditions.export.check, import: exporter.conditions.import.check }),
    onShutdown: exporter.close,
  });
}

export interface Exporter {
  /** One consumer for each lane, the confirming import, and what the channel does by itself. */
  readonly runnables: readonly Runnable[];
  readonly conditions: { readonly export: ConditionLog; readonly import: ConditionLog };
  readonly close: () => Promise<void>;
}

/** Connects and builds the parts; nothing runs yet. */
export async function buildExporter(env: ExporterEnv, file: AdjoinConfig, log: Logger): Promise<Exporter> {
  const target = env.ADJOIN_TARGET;
  const connector = entraConnector(file, target);
  const mongo = await connectMongo(mongoUri(env), {
    log,
    appName: 'entra-exporter',
    signal: new AbortController().signal,
  });
  const kafka = createKafka({ access: kafkaAccess(env), clientId: `entra-exporter-${target}`, log });
  await ensureTopics(kafka, topicsOf(target, env.ADJOIN_KAFKA_PARTITIONS));
  const producer = await createProducer(kafka);
  const conditions = { export: new ConditionLog('export', log), import: new ConditionLog('import', log) };
  if (connector.channel === 'sync-service')
    log.warn(
      { event: 'channel.opt-in', channel: connector.channel },
      'Exports go over a web service that Microsoft does not document for others: docs/sync-service.md.',
    );
  const { run, intents, applied, opened, ...parts } = exportRun({
    env,
    connector,
    mongo,
    producer,
    condition: conditions.export,
    log,
  });
  await Promise.all([intents.ensureIndexes(), applied.ensureIndexes()]);
  const topic = changesTopic(target);
  const publishing = { producer, topic, kafkaPartitions: await partitionCount(kafka, topic), connector: target };
  const continuous = file.mode === 'continuous';
  const importer = new ImportWorker({
    ...parts,
    connector,
    continuous,
    owner: env.ADJOIN_INSTANCE,
    mongo,
    kafka,
    target: publishing,
    condition: conditions.import,
    bulk: () => run.bulk.flows,
    log,
  });
  const consumers = EXPORT_LANES.map(
    (lane): Runnable =>
      new BatchConsumer({
        kafka,
        groupId: `entra-exporter.${target}.${lane}`,
        topics: [exportsTopic(target, lane)],
        concurrency: CONCURRENCY[lane],
        batchSize: 500,
        log,
        gatherMs: GATHER_MS[lane],
        onBatches: (batches, context) => run.handle(batches, context),
      }),
  );
  const close = async (): Promise<void> => {
    await producer.close();
    await mongo.close();
    opened.target.close();
  };
  return { runnables: [...consumers, importer, ...opened.chores], conditions, close };
}

function topicsOf(target: string, partitions: number) {
  const lanes = EXPORT_LANES.map((lane) => exportsTopic(target, lane));
  return [
    ...lanes.map((topic) => ({ topic, partitions })),
    ...lanes.map((topic) => ({ topic: `${topic}.dlq`, partitions: 1 })),
    { topic: resultsTopic(target), partitions },
    { topic: changesTopic(target), partitions },
    { topic: confirmTopic(target), partitions: 1 },
    { topic: `${confirmTopic(target)}.dlq`, partitions: 1 },
  ];
}

interface Parts {
  readonly env: ExporterEnv;
  readonly connector: EntraConnectorConfig;
  readonly mongo: MongoHandle;
  readonly producer: MessageProducer;
  readonly condition: ConditionLog;
  readonly log: Logger;
}

function exportRun({ env, connector, mongo, producer, condition, log }: Parts) {
  const gate = new ExportGate(mongo.db);
  const intents = new IntentStore(mongo.db);
  const applied = new AppliedStore(mongo.db);
  const shadows = new ShadowStore(mongo.db);
  const opened = openTarget({ connector, mongo, gate, shadows, batches: env.ADJOIN_GRAPH_BATCHES, log });
  const { target, metrics } = opened;
  const run = new ExportRun({
    target,
    gate,
    intents,
    applied,
    shadows,
    producer,
    resultsTopic: resultsTopic(connector.name),
    metrics,
    condition,
    log,
  });
  return { run, intents, applied, opened, reader: target.reader, metrics };
}
