import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { SyncError } from '@adjoin/contracts';
import type { Io } from '../io.js';

const connectorName = z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'lower-case letters, digits and hyphens');
const text = z.string().min(1);

/** What `adjoin init` needs to know. Secrets may be given as files, so that an answers file carries none. */
export const initAnswers = z
  .object({
    forest: z
      .object({
        name: connectorName.default('ad').describe('name of the connector'),
        server: z
          .string()
          .regex(/^ldaps?:\/\/[^/]+$/, 'ldaps://host')
          .describe('domain controller'),
        caFile: text.optional().describe('PEM file of the CA that signed its certificate'),
        serverName: text.optional().describe('name the certificate carries, when connecting by address'),
        account: text.describe('DN, userPrincipalName or NETBIOS\\name'),
        password: text.optional(),
        passwordFile: text.optional(),
        include: z.array(text).default([]).describe('container DNs to synchronize; empty = the whole domain'),
      })
      .strict()
      .refine(
        (forest) => (forest.password === undefined) !== (forest.passwordFile === undefined),
        'give password or passwordFile',
      ),
    tenant: z
      .object({
        name: connectorName.default('entra'),
        tenantId: text,
        clientId: text,
        clientSecret: text.optional(),
        clientSecretFile: text.optional(),
        graphUrl: z.url().default('https://graph.microsoft.com'),
        authority: z.url().default('https://login.microsoftonline.com'),
        caFile: text.optional(),
      })
      .strict()
      .refine(
        (tenant) => (tenant.clientSecret === undefined) !== (tenant.clientSecretFile === undefined),
        'give clientSecret or clientSecretFile',
      ),
  })
  .strict();
export type InitAnswers = z.infer<typeof initAnswers>;

/** Answers from a YAML or JSON file. Throws ADJ-CLI-6002 with every problem at once. */
export function readAnswers(file: string): InitAnswers {
  let raw: unknown;
  try {
    raw = parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new SyncError(
      'ADJ-CLI-6002',
      `${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
  const parsed = initAnswers.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new SyncError('ADJ-CLI-6002', `The answers in ${file} are not complete:\n${z.prettifyError(parsed.error)}`);
}

/** Answers from the person at the terminal. */
export async function askAnswers(io: Io): Promise<InitAnswers> {
  const optional = async (question: string): Promise<string | undefined> => (await io.ask(question)) || undefined;
  io.err('The forest\n');
  const host = await io.ask('  domain controller (host name): ');
  const forest = {
    server: host.includes('://') ? host : `ldaps://${host}`,
    caFile: await optional('  PEM file of its CA (empty: the CAs of the system): '),
    account: await io.ask('  account to read with (name@domain or DOMAIN\\name): '),
    password: await io.ask('  its password: ', { secret: true }),
  };
  io.err('The tenant\n');
  const tenant = {
    tenantId: await io.ask('  tenant id: '),
    clientId: await io.ask('  application (client) id: '),
    clientSecret: await io.ask('  client secret: ', { secret: true }),
  };
  const parsed = initAnswers.safeParse({ forest, tenant });
  if (parsed.success) return parsed.data;
  throw new SyncError('ADJ-CLI-6001', `The answers are not complete:\n${z.prettifyError(parsed.error)}`);
}

/** The secret itself, or the content of its file. Throws ADJ-CFG-0002 when that cannot be read. */
export function secretOf(value: string | undefined, file: string | undefined): string {
  if (value !== undefined) return value;
  try {
    return readFileSync(file ?? '', 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw new SyncError('ADJ-CFG-0002', `The secret file ${file ?? ''} cannot be read.`, { cause });
  }
}
