import { readFileSync } from 'node:fs';
import { SyncError } from '@adjoin/contracts';
import { z } from 'zod';
import { readSecretFile } from '../config/secret-file.js';

/** How a process reaches Kafka; part of the environment of every process that does. */
export const kafkaEnv = {
  ADJOIN_KAFKA_BROKERS: z.string().default('127.0.0.1:19092').describe('comma-separated list host:port'),
  ADJOIN_KAFKA_TLS: z.enum(['on', 'off']).default('off').describe('TLS to the brokers; a CA or a certificate needs it'),
  ADJOIN_KAFKA_CA_FILE: z
    .string()
    .optional()
    .describe('PEM file of the certificate authority of the brokers; without it those that Node knows'),
  ADJOIN_KAFKA_CERT_FILE: z
    .string()
    .optional()
    .describe('PEM file with certificate and private key of this process, for brokers that ask for one'),
  ADJOIN_KAFKA_SASL: z.enum(['off', 'plain', 'scram-sha-256', 'scram-sha-512']).default('off'),
  ADJOIN_KAFKA_USERNAME: z.string().optional(),
  ADJOIN_KAFKA_PASSWORD_FILE: z.string().optional(),
};
export type KafkaEnv = z.infer<z.ZodObject<typeof kafkaEnv>>;

/** Addresses of the brokers, and what a connection to them needs. */
export interface KafkaAccess {
  readonly brokers: readonly string[];
  readonly ssl?:
    | { readonly ca?: string | undefined; readonly cert?: string | undefined; readonly key?: string | undefined }
    | undefined;
  readonly sasl?:
    | {
        readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
        readonly username: string;
        readonly password: string;
      }
    | undefined;
}

/**
 * What the environment says about Kafka, with its files read. Throws ADJ-CFG-0001 for settings that contradict each other (a password that would
 * go over the wire in clear text is one) and ADJ-CFG-0002 for a file that cannot be read. Files are read once: a new password or certificate takes
 * effect with the next start.
 */
export function kafkaAccess(env: KafkaEnv): KafkaAccess {
  return { brokers: brokerList(env.ADJOIN_KAFKA_BROKERS), ssl: sslOf(env), sasl: saslOf(env) };
}

/** Splits `host:port,host:port`. */
export function brokerList(brokers: string): readonly string[] {
  return brokers.split(',').map((broker) => broker.trim());
}

function sslOf(env: KafkaEnv): KafkaAccess['ssl'] {
  const { ADJOIN_KAFKA_CA_FILE: ca, ADJOIN_KAFKA_CERT_FILE: own } = env;
  if (env.ADJOIN_KAFKA_TLS === 'off') {
    if (ca !== undefined) throw wrong('ADJOIN_KAFKA_CA_FILE is set and ADJOIN_KAFKA_TLS is not on.');
    if (own !== undefined) throw wrong('ADJOIN_KAFKA_CERT_FILE is set and ADJOIN_KAFKA_TLS is not on.');
    return undefined;
  }
  const pair = own === undefined ? undefined : readSecretFile(own).reveal();
  if (pair !== undefined && !(pair.includes('CERTIFICATE-----') && pair.includes('PRIVATE KEY-----')))
    throw wrong(
      `The file ${own ?? ''} (ADJOIN_KAFKA_CERT_FILE) has to hold a certificate and its private key, both PEM.`,
    );
  return { ...(ca === undefined ? {} : { ca: readPem(ca) }), ...(pair === undefined ? {} : { cert: pair, key: pair }) };
}

function saslOf(env: KafkaEnv): KafkaAccess['sasl'] {
  const { ADJOIN_KAFKA_USERNAME: username, ADJOIN_KAFKA_PASSWORD_FILE: file, ADJOIN_KAFKA_SASL: mechanism } = env;
  if (mechanism === 'off') {
    if (username === undefined && file === undefined) return undefined;
    throw wrong('ADJOIN_KAFKA_USERNAME or ADJOIN_KAFKA_PASSWORD_FILE is set and ADJOIN_KAFKA_SASL names no mechanism.');
  }
  if (username === undefined || file === undefined)
    throw wrong('ADJOIN_KAFKA_SASL needs ADJOIN_KAFKA_USERNAME and ADJOIN_KAFKA_PASSWORD_FILE.');
  if (mechanism === 'plain' && env.ADJOIN_KAFKA_TLS === 'off')
    throw wrong('ADJOIN_KAFKA_SASL=plain would send the password in clear text: set ADJOIN_KAFKA_TLS=on.');
  return { mechanism, username, password: readSecretFile(file).reveal() };
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SyncError('ADJ-CFG-0002', `The certificate file ${path} cannot be read.`, { cause });
  }
}

function wrong(text: string): SyncError {
  return new SyncError('ADJ-CFG-0001', `The environment is invalid:\n${text}`);
}
