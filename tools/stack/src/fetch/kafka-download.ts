import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StackError } from '../stack-error.js';
import { findExecutable, runCommand } from '../process/run-command.js';
import { sha256OfFolder } from './checksum.js';
import type { DownloadPlan, Report } from './download.js';

/** Pinned: 4.4.0 is announced but cannot be resolved completely. */
export const KAFKA_VERSION = '4.3.1';
const JARS_SHA256 = '91e99fe3638473b79edb85486d60766c1fa601393f2dfcd04249610ae13ee4f1';

const POM = `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>adjoin.local-stack</groupId>
  <artifactId>kafka-broker</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${KAFKA_VERSION}</version>
    </dependency>
    <!-- The broker brings no SLF4J binding of its own. -->
    <dependency>
      <groupId>org.apache.logging.log4j</groupId>
      <artifactId>log4j-slf4j-impl</artifactId>
      <version>2.25.4</version>
    </dependency>
  </dependencies>
</project>
`;

/** A Kafka that can be started: the class path and the java to run it with. */
export interface KafkaProgram {
  readonly java: string;
  readonly classPath: string;
}

function jarFolder(cache: string): string {
  const home = process.env['KAFKA_HOME'];
  return home === undefined ? join(cache, `kafka-${KAFKA_VERSION}`) : join(home, 'libs');
}

/** What fetching Kafka would cost; undefined when it is there. */
export function kafkaPlan(cache: string): DownloadPlan | undefined {
  if (existsSync(jarFolder(cache))) return undefined;
  return { what: `Apache Kafka ${KAFKA_VERSION} (Maven)`, downloadMb: 56, diskMb: 44, seconds: 20, system: false };
}

/**
 * Makes Kafka available: `KAFKA_HOME` if set, else the jars from the cache, else from Maven Central.
 * The jars are accepted only with the pinned checksum.
 */
export async function ensureKafka(cache: string, report: Report, signal?: AbortSignal): Promise<KafkaProgram> {
  const javaHome = process.env['JAVA_HOME'];
  const java = javaHome === undefined ? findExecutable('java') : join(javaHome, 'bin', 'java');
  if (java === undefined || !existsSync(java)) {
    throw new StackError(
      'ADJ-STK-1002',
      'Kafka needs Java 17 or newer. Install it (Debian, Ubuntu: apt-get install openjdk-17-jre-headless) or use docker compose.',
    );
  }
  const folder = jarFolder(cache);
  if (existsSync(folder)) return { java, classPath: join(folder, '*') };
  if (process.env['KAFKA_HOME'] !== undefined) {
    throw new StackError(
      'ADJ-STK-1002',
      `KAFKA_HOME has no folder ${folder}. Point it to an unpacked Kafka ${KAFKA_VERSION}, or unset it.`,
    );
  }
  await fetchJars(cache, { folder, report, signal });
  return { java, classPath: join(folder, '*') };
}

async function fetchJars(
  cache: string,
  options: { folder: string; report: Report; signal: AbortSignal | undefined },
): Promise<void> {
  const { folder, report, signal } = options;
  const maven = findExecutable('mvn');
  if (maven === undefined) {
    throw new StackError(
      'ADJ-STK-1002',
      'Kafka is fetched by Maven, which is not installed. Install it (apt-get install maven), set KAFKA_HOME to an unpacked Kafka, or use docker compose.',
    );
  }
  report(`fetching Kafka ${KAFKA_VERSION} from Maven Central`);
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'kafka-fetch-'));
  try {
    await writeFile(join(work, 'pom.xml'), POM);
    const jars = join(work, 'jars');
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${jars}`];
    await runCommand(maven, ['-q', '-B', '-f', join(work, 'pom.xml'), ...goal], { cwd: work, signal });
    const digest = await sha256OfFolder(jars, '.jar');
    if (digest !== JARS_SHA256) {
      throw new StackError(
        'ADJ-STK-1003',
        `The Kafka jars have the checksum ${digest} and not ${JARS_SHA256}. Nothing was kept; check the Maven repository in use and try again.`,
      );
    }
    await rename(jars, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
