import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeIdentities } from '@adjoin/entra-simulator';
import { createKafka, createLogger, kafkaAccess, type KafkaEnv } from '@adjoin/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../process/port-check.js';
import { stateFolder } from '../state-folder.js';
import { startKafka, type KafkaService } from './kafka.js';

const USER = 'adjoin';

describe('a broker that asks for TLS and a password', () => {
  let folder: string;
  let kafka: KafkaService;
  let env: KafkaEnv;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'adjoin-kafka-'));
    const password = randomBytes(12).toString('hex');
    const { authority, server } = makeIdentities(['127.0.0.1'], new Date());
    const port = await freePort();
    kafka = await startKafka({
      ...{ cacheFolder: stateFolder().cache, runFolder: folder, report: () => undefined, heapMb: 256 },
      ...{ port: await freePort(), controllerPort: await freePort() },
      secure: { port, ...server, user: USER, password },
    });
    const [ca, secret] = [join(folder, 'ca.pem'), join(folder, 'password')];
    await writeFile(ca, authority.certificate);
    await writeFile(secret, `${password}\n`);
    env = {
      ADJOIN_KAFKA_BROKERS: `127.0.0.1:${port}`,
      ADJOIN_KAFKA_TLS: 'on',
      ADJOIN_KAFKA_CA_FILE: ca,
      ADJOIN_KAFKA_SASL: 'scram-sha-512',
      ADJOIN_KAFKA_USERNAME: USER,
      ADJOIN_KAFKA_PASSWORD_FILE: secret,
    };
  });

  afterAll(async () => {
    await kafka.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function topicsWith(changes: Partial<KafkaEnv>): Promise<readonly string[]> {
    const access = kafkaAccess({ ...env, ...changes });
    const admin = createKafka({ access, clientId: 'security', log: createLogger('test', 'silent') }).admin({
      retry: { retries: 1, initialRetryTime: 50 },
    });
    try {
      await admin.connect();
      const topic = `secure-${randomBytes(4).toString('hex')}`;
      await admin.createTopics({ topics: [{ topic }], waitForLeaders: true });
      return (await admin.listTopics()).filter((name) => name === topic);
    } finally {
      await admin.disconnect();
    }
  }

  it.each(['scram-sha-512', 'plain'] as const)('is used with %s', async (mechanism) => {
    expect(await topicsWith({ ADJOIN_KAFKA_SASL: mechanism })).toHaveLength(1);
  });

  it('refuses a wrong password', async () => {
    const wrong = join(folder, 'wrong');
    await writeFile(wrong, 'something else\n');
    await expect(topicsWith({ ADJOIN_KAFKA_PASSWORD_FILE: wrong })).rejects.toThrow(/authentication/i);
  });

  it('is not talked to when another authority made its certificate', async () => {
    const other = join(folder, 'other.pem');
    await writeFile(other, makeIdentities(['127.0.0.1'], new Date()).authority.certificate);
    await expect(topicsWith({ ADJOIN_KAFKA_CA_FILE: other })).rejects.toThrow(/certificate|signature/i);
  });
});
