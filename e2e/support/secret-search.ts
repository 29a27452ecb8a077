import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKafka, createLogger } from '@adjoin/shared';
import mongoose from 'mongoose';

/** Something that may stand nowhere, by the name that a failure shows instead of it. */
export interface Secret {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Where a secret was found. */
export interface Finding {
  readonly place: string;
  readonly secret: string;
  readonly encoding: string;
}

/** The forms in which bytes get into texts and documents: as they are, hexadecimal, base64, each text also as UTF-16. */
function forms(bytes: Buffer): readonly (readonly [string, Buffer])[] {
  const lower = bytes.toString('hex');
  // Inside longer data base64 depends on the place, and its first and last characters on the neighbours.
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    return text.slice(shift === 0 ? 0 : shift + 1, -1);
  });
  const texts = [
    ['hex', lower] as const,
    ['HEX', lower.toUpperCase()] as const,
    ...base64.map((text) => ['base64', text] as const),
    ...base64.map((text) => ['base64url', text.replaceAll('+', '-').replaceAll('/', '_')] as const),
  ];
  return [
    ['bytes', bytes],
    ...texts.map(([name, text]) => [name, Buffer.from(text, 'latin1')] as const),
    ...texts.map(([name, text]) => [`${name} in UTF-16`, Buffer.from(text, 'utf16le')] as const),
  ];
}

/** Looks for many secrets in all their forms at once. */
export class SecretSearch {
  readonly findings: Finding[] = [];
  /** Bytes looked at, by kind of place. */
  readonly looked = new Map<string, number>();
  readonly #byStart = new Map<
    number,
    { readonly secret: Secret; readonly encoding: string; readonly form: Buffer }[]
  >();

  constructor(secrets: readonly Secret[]) {
    for (const secret of secrets)
      for (const [encoding, form] of forms(secret.bytes)) {
        const start = form.readUInt32LE(0);
        this.#byStart.set(start, [...(this.#byStart.get(start) ?? []), { secret, encoding, form }]);
      }
  }

  look(kind: string, place: string, content: Buffer): void {
    this.looked.set(kind, (this.looked.get(kind) ?? 0) + content.length);
    for (let at = 0; at + 4 <= content.length; at++) {
      const candidates = this.#byStart.get(content.readUInt32LE(at));
      for (const { secret, encoding, form } of candidates ?? [])
        if (content.subarray(at, at + form.length).equals(form))
          this.findings.push({ place: `${kind}: ${place}`, secret: secret.name, encoding });
    }
  }

  /** Every document of every database, and the log of the replica set. */
  async mongo(uri: string): Promise<void> {
    const client = new mongoose.mongo.MongoClient(uri, { readPreference: 'primary' });
    try {
      const { databases } = await client.db().admin().listDatabases();
      for (const { name } of databases) {
        for (const { name: collection } of await client.db(name).listCollections({}, { nameOnly: true }).toArray()) {
          if (collection.startsWith('system.')) continue;
          const kind = collection.startsWith('oplog') ? 'oplog' : 'documents';
          for await (const document of client.db(name).collection(collection).find({}, { raw: true }))
            this.look(kind, `${name}.${collection}`, document as unknown as Buffer);
        }
      }
    } finally {
      await client.close();
    }
  }

  /** Every record of every topic, decompressed: keys, values and headers. */
  async kafka(brokers: string): Promise<void> {
    const kafka = createKafka({
      access: { brokers: [brokers] },
      clientId: 'secret-search',
      log: createLogger('search', 'silent'),
    });
    const admin = kafka.admin();
    await admin.connect();
    const topics = await admin.listTopics();
    const left = new Map<string, bigint>();
    for (const topic of topics)
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
        if (BigInt(high) > BigInt(low)) left.set(`${topic}/${String(partition)}`, BigInt(high) - 1n);
    const consumer = kafka.consumer({ groupId: `secret-search-${String(Date.now())}` });
    await consumer.connect();
    await consumer.subscribe({ topics, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      if (left.size === 0) resolve();
      consumer
        .run({
          eachBatch: ({ batch }) => {
            for (const { key, value, headers } of batch.messages) {
              const header = Object.values(headers ?? {}).flatMap((one) => Buffer.from(String(one)));
              for (const part of [key, value, ...header]) if (part != null) this.look('records', batch.topic, part);
            }
            const place = `${batch.topic}/${String(batch.partition)}`;
            // Markers of transactions and of compaction take offsets without being records.
            if (BigInt(batch.lastOffset()) >= (left.get(place) ?? 0n)) left.delete(place);
            if (left.size === 0) resolve();
            return Promise.resolve();
          },
        })
        .catch(reject);
      setTimeout(resolve, 60_000).unref();
    });
    await consumer.disconnect();
    await admin.disconnect();
    if (left.size > 0) throw new Error(`not read to the end: ${[...left.keys()].join(', ')}`);
  }

  /** Every file below a folder but the databases of services and what belongs to the directory and to the tenant themselves. */
  files(folder: string, leaveOut: readonly string[]): void {
    for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || leaveOut.some((name) => path.startsWith(join(folder, name)))) continue;
      this.look(path.endsWith('.log') ? 'logs' : 'state files', path, readFileSync(path));
    }
  }
}
