import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureKafka, type KafkaProgram } from '../fetch/kafka-download.js';
import { logTail } from '../process/log-tail.js';
import { ManagedProcess, type ServiceHandle } from '../process/managed-process.js';
import { requireFreePort } from '../process/port-check.js';
import { runCommand } from '../process/run-command.js';
import type { ServiceContext } from './service-context.js';

/** A running broker. */
export interface KafkaService extends ServiceHandle {
  /** `127.0.0.1:port`, for bootstrap.servers. */
  readonly bootstrap: string;
}

/** Options of {@link startKafka}. */
export interface KafkaOptions extends ServiceContext {
  readonly port: number;
  readonly controllerPort: number;
  /** The port that clients are told, when something stands between them and the broker. */
  readonly advertisedPort?: number | undefined;
  /** Heap in MB, default 384: 256 passes functional tests, 512 was measured under load. */
  readonly heapMb?: number | undefined;
  /** A second listener with TLS and SASL, beside the plain one. */
  readonly secure?: SecureListener | undefined;
}

/** A listener that takes known users over TLS only, by PLAIN or SCRAM-SHA-512. */
export interface SecureListener {
  readonly port: number;
  /** PEM. */
  readonly certificate: string;
  /** PKCS #8 in PEM. */
  readonly privateKey: string;
  readonly user: string;
  readonly password: string;
}

const READY_LINE = 'Kafka Server started';

/** Starts a one-node Kafka (KRaft, combined roles); data in `<runFolder>/kafka` is kept over restarts. */
export async function startKafka(options: KafkaOptions): Promise<KafkaService> {
  const program = await ensureKafka(options.cacheFolder, options.report, options.signal);
  await requireFreePort(options.port, { service: 'kafka' });
  await requireFreePort(options.controllerPort, { service: 'kafka (controller)' });
  const folder = join(options.runFolder, 'kafka');
  await mkdir(folder, { recursive: true });
  const settings = join(folder, 'server.properties');
  await writeFile(settings, serverProperties(options, join(folder, 'data')));
  await writeFile(join(folder, 'log4j2.yaml'), LOGGING);
  if (!existsSync(join(folder, 'data', 'meta.properties'))) await formatStorage(program, settings, options.secure);
  const service = kafkaProcess(options, program, folder);
  await service.start();
  return Object.assign(service, { bootstrap: `127.0.0.1:${options.advertisedPort ?? options.port}` });
}

function kafkaProcess(options: KafkaOptions, program: KafkaProgram, folder: string): ManagedProcess {
  const heap = options.heapMb ?? 384;
  const logFile = join(options.runFolder, 'logs', 'kafka.log');
  return new ManagedProcess({
    name: 'kafka',
    command: program.java,
    args: [
      `-Xmx${heap}m`,
      `-Xms${heap}m`,
      '-XX:+UseSerialGC',
      // The second compiler pays off after minutes of load; a lab broker is seldom that old, and needs the processors for others.
      '-XX:TieredStopAtLevel=1',
      `-Dlog4j2.configurationFile=${join(folder, 'log4j2.yaml')}`,
      '-cp',
      program.classPath,
      'kafka.Kafka',
      join(folder, 'server.properties'),
    ],
    logFile,
    ready: ({ logOffset }) => logTail(logFile, 400, logOffset).some((line) => line.includes(READY_LINE)),
    // 3 s when the machine is idle, 13 s after a kill -9, more when it is busy.
    readyDeadlineMs: 120_000,
    onCrash: options.onCrash,
    signal: options.signal,
  });
}

async function formatStorage(program: KafkaProgram, settings: string, secure?: SecureListener): Promise<void> {
  const clusterId = randomBytes(16).toString('base64url');
  // One word: an id that begins with a hyphen would be taken for an option.
  const format = ['format', `--cluster-id=${clusterId}`, '--config', settings];
  if (secure !== undefined) format.push(`--add-scram=SCRAM-SHA-512=[name=${secure.user},password=${secure.password}]`);
  const quickJvm = ['-Xshare:auto', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];
  await runCommand(program.java, [...quickJvm, '-cp', program.classPath, 'kafka.tools.StorageTool', ...format]);
}

/** A single node cannot replicate: every internal topic gets one replica, and few partitions so that it starts quickly. */
function serverProperties(options: KafkaOptions, data: string): string {
  const settings: Readonly<Record<string, string | number | boolean>> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${options.controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${options.port},CONTROLLER://127.0.0.1:${options.controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${options.advertisedPort ?? options.port}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'log.dirs': data,
    'num.partitions': 1,
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'group.initial.rebalance.delay.ms': 0,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'log.cleaner.dedupe.buffer.size': 16_777_216,
    'log.segment.bytes': 67_108_864,
    ...(options.secure === undefined ? {} : secureSettings(options, options.secure)),
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${String(value)}\n`)
    .join('');
}

function secureSettings(options: KafkaOptions, secure: SecureListener): Readonly<Record<string, string>> {
  const { port, user, password } = secure;
  const module = (name: string, rest = ''): string => `org.apache.kafka.common.security.${name} required${rest};`;
  const onOneLine = (pem: string): string => pem.trim().replaceAll('\n', '\\n');
  return {
    listeners: `PLAINTEXT://127.0.0.1:${options.port},SECURE://127.0.0.1:${port},CONTROLLER://127.0.0.1:${options.controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${options.advertisedPort ?? options.port},SECURE://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL',
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-512',
    'listener.name.secure.plain.sasl.jaas.config': module('plain.PlainLoginModule', ` user_${user}="${password}"`),
    'listener.name.secure.scram-sha-512.sasl.jaas.config': module('scram.ScramLoginModule'),
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.key': onOneLine(secure.privateKey),
    'ssl.keystore.certificate.chain': onOneLine(secure.certificate),
  };
}

const LOGGING = `Configuration:
  Appenders:
    Console:
      name: STDOUT
      PatternLayout:
        pattern: "%d{ISO8601} %p %m (%c{1})%n"
  Loggers:
    Root:
      level: INFO
      AppenderRef:
        - ref: STDOUT
`;
