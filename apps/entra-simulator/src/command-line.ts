import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { SimulatorOptions } from './options.js';

/** Flags of the command; each can be given as `SIMULATOR_<NAME>` in the environment, lists with commas. */
const FLAGS = {
  port: { type: 'string' },
  'admin-port': { type: 'string' },
  host: { type: 'string' },
  data: { type: 'string' },
  save: { type: 'boolean' },
  'state-dir': { type: 'string' },
  tenant: { type: 'string' },
  'client-id': { type: 'string' },
  'client-secret': { type: 'string' },
  certificate: { type: 'string', multiple: true },
  permission: { type: 'string', multiple: true },
  'initial-domain': { type: 'string' },
  domain: { type: 'string', multiple: true },
  'federated-domain': { type: 'string', multiple: true },
  'eventual-ms': { type: 'string' },
  'token-lifetime': { type: 'string' },
  'delta-page-size': { type: 'string' },
  throttle: { type: 'boolean' },
  'allow-device-create': { type: 'boolean' },
  'record-writes': { type: 'string' },
  'record-messages': { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** A parsed command line. */
export interface CommandLine {
  readonly options: SimulatorOptions;
  readonly json: boolean;
}

type Values = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** Reads flags and environment. @throws TypeError for an unknown flag. */
export function readCommandLine(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): CommandLine {
  const { values } = parseArgs({ args: [...args], options: FLAGS });
  const merged: Values = { ...fromEnvironment(env), ...values };
  return { options: optionsOf(merged), json: merged['json'] === true };
}

function fromEnvironment(env: Readonly<Record<string, string | undefined>>): Values {
  const entries = Object.entries(FLAGS).flatMap(([name, flag]): [string, string | boolean | string[]][] => {
    const value = env[`SIMULATOR_${name.toUpperCase().replaceAll('-', '_')}`];
    if (value === undefined || value === '') return [];
    if (flag.type === 'boolean') return [[name, value === 'true' || value === '1']];
    return [[name, 'multiple' in flag ? value.split(',') : value]];
  });
  return Object.fromEntries(entries);
}

function optionsOf(values: Values): SimulatorOptions {
  const text = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  const number = (name: string): number | undefined => {
    const value = text(name);
    return value === undefined ? undefined : Number(value);
  };
  const list = (name: string): string[] | undefined => {
    const value = values[name];
    return Array.isArray(value) ? value.map(String) : undefined;
  };
  return {
    port: number('port') ?? 7443,
    adminPort: number('admin-port') ?? 7444,
    host: text('host'),
    dataFile: text('data'),
    save: values['save'] === true,
    stateDir: text('state-dir'),
    tenantId: text('tenant'),
    clientId: text('client-id'),
    clientSecret: text('client-secret'),
    certificates: list('certificate')?.map((file) => readFileSync(file, 'utf8')),
    permissions: list('permission'),
    initialDomain: text('initial-domain'),
    domains: domainsOf(list('domain'), list('federated-domain')),
    eventualMs: number('eventual-ms'),
    tokenLifetimeSeconds: number('token-lifetime'),
    deltaPageSize: number('delta-page-size'),
    throttle: values['throttle'] === true ? { enabled: true } : undefined,
    allowDeviceCreate: values['allow-device-create'] === true,
    recordWrites: text('record-writes'),
    recordMessages: text('record-messages'),
  };
}

function domainsOf(managed: string[] | undefined, federated: string[] | undefined): SimulatorOptions['domains'] {
  if (managed === undefined && federated === undefined) return undefined;
  return [
    ...(managed ?? []).map((name) => ({ name, federated: false })),
    ...(federated ?? []).map((name) => ({ name, federated: true })),
  ];
}
