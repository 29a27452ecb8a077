import {
  EXPORT_LANES,
  exportsTopic,
  forestExportMessage,
  isWritten,
  resultsTopic,
  writableAttributes,
  type AdConnectorConfig,
  type ForestExportMessage,
  type ResultMessage,
} from '@adjoin/contracts';
import {
  BatchConsumer,
  deadLetter,
  ExportGate,
  type createKafka,
  type Db,
  type IncomingBatch,
  type IncomingMessage,
  type Logger,
  type MessageProducer,
  type Runnable,
} from '@adjoin/shared';
import { applyWrite, type WriteOutcome } from './apply-write.js';
import { LdapForestWriter, type ForestWriter } from './forest-writer.js';

export interface WriteBackOptions {
  readonly config: AdConnectorConfig;
  readonly gate: Pick<ExportGate, 'refresh' | 'admits'>;
  readonly producer: MessageProducer;
  readonly log: Logger;
  /** What was said already of the schema: it concerns every object and is said once. */
  readonly said?: Set<string> | undefined;
}

/** Topics of the exports to a forest; none where nothing is written. */
export function writeBackTopics(config: AdConnectorConfig, partitions: number) {
  if (!isWritten(config)) return [];
  const lanes = EXPORT_LANES.map((lane) => exportsTopic(config.name, lane));
  return [
    ...lanes.map((topic) => ({ topic, partitions })),
    ...lanes.map((topic) => ({ topic: `${topic}.dlq`, partitions: 1 })),
    { topic: resultsTopic(config.name), partitions },
  ];
}

/** Applies the exports to a forest one after the other; undefined where nothing is written. */
export function writeBackConsumer(
  options: Omit<WriteBackOptions, 'gate'> & { readonly db: Db; readonly kafka: ReturnType<typeof createKafka> },
): Runnable | undefined {
  const { config, db, kafka, log } = options;
  if (!isWritten(config)) return undefined;
  const run = { ...options, gate: new ExportGate(db), said: new Set<string>() };
  return {
    name: 'write-back',
    run: async (signal, working) => {
      const writer = new LdapForestWriter(config, signal);
      const consumer = new BatchConsumer({
        kafka,
        groupId: `ad-write-back.${config.name}`,
        topics: EXPORT_LANES.map((lane) => exportsTopic(config.name, lane)),
        log,
        concurrency: 1,
        onBatch: (batch, { heartbeat }) => writeBatch(run, writer, batch, heartbeat),
      });
      try {
        await consumer.run(signal, working);
      } finally {
        await writer.close();
      }
    },
  };
}

/** Applies the exports of a batch and tells what came of each. Rejects only when Kafka or the gate fails; then the batch comes again. */
export async function writeBatch(
  { config, gate, producer, log, said = new Set() }: WriteBackOptions,
  writer: ForestWriter,
  batch: IncomingBatch,
  heartbeat: () => Promise<void>,
): Promise<void> {
  const options = { writer, writable: writableAttributes(config), account: config.bindDn };
  const results: ResultMessage[] = [];
  let unreachable: WriteOutcome | undefined;
  for (const message of batch.messages) {
    const parsed = parse(message);
    if (parsed === undefined) {
      log.error({ event: 'write-back.poison', code: 'ADJ-KFK-0003', topic: batch.topic, offset: message.offset });
      await deadLetter(producer, batch.topic, message, 'ADJ-KFK-0003');
      continue;
    }
    // Asked right before each write: staging mode and a raised epoch hold back what is still in the topic.
    await gate.refresh();
    const outcome: WriteOutcome = gate.admits(parsed.epoch)
      ? (unreachable ?? (await applyWrite(parsed, options)))
      : { kind: 'stale-gate' };
    // No other object would fare better: the rest of the batch does not wait for one time-out after the other.
    if (outcome.error?.code.startsWith('ADJ-IMP-') === true) unreachable = outcome;
    const once = outcome.unsupported?.join();
    if (outcome.error !== undefined && (once === undefined || !said.has(once)))
      log.warn(
        {
          event: `write-back.${outcome.kind}`,
          objectId: parsed.objectId,
          code: outcome.error.code,
          hint: outcome.error.hint,
        },
        outcome.error.message,
      );
    if (once !== undefined) said.add(once);
    results.push(resultOf(parsed, outcome));
    await heartbeat();
  }
  if (results.length > 0)
    await producer.send(
      resultsTopic(config.name),
      results.map((value) => ({ key: value.objectId, value })),
    );
  log.debug({ event: 'write-back.batch', exports: results.length });
}

function parse(message: IncomingMessage): ForestExportMessage | undefined {
  try {
    const parsed = forestExportMessage.safeParse(JSON.parse(message.value?.toString('utf8') ?? 'null'));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined; // not JSON: the caller reports it
  }
}

function resultOf(
  message: ForestExportMessage,
  { kind, error, retryAfterMs, unsupported }: WriteOutcome,
): ResultMessage {
  return {
    target: message.target,
    objectId: message.objectId,
    version: message.version,
    operation: message.operation,
    outcome: kind,
    at: new Date().toISOString(),
    ...(unsupported === undefined ? {} : { unsupported: [...unsupported] }),
    ...(error === undefined || kind === 'applied'
      ? {}
      : { code: error.code, message: `${error.message}${error.hint === undefined ? '' : ` ${error.hint}`}` }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}
