import type { MessageProducer } from './producer.js';
import type { IncomingMessage } from './batch-consumer.js';

/** Puts a message nobody can read into `<topic>.dlq`, with the error code in its headers. The topic must exist. */
export async function deadLetter(
  producer: MessageProducer,
  topic: string,
  message: IncomingMessage,
  code: string,
): Promise<void> {
  const value = message.value === null ? null : { raw: message.value.toString('base64') };
  await producer.send(`${topic}.dlq`, [
    { key: message.key, value, headers: { ...message.headers, 'error-code': code, 'source-offset': message.offset } },
  ]);
}
