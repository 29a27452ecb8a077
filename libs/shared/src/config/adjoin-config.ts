import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import {
  adjoinConfig,
  SyncError,
  type AdConnectorConfig,
  type AdjoinConfig,
  type EntraConnectorConfig,
} from '@adjoin/contracts';

/** Reads the connector file (YAML or JSON). Throws ADJ-CFG-0001 with every problem at once. */
export function loadAdjoinConfig(path: string | undefined): AdjoinConfig {
  if (path === undefined) throw new SyncError('ADJ-CFG-0001', 'ADJOIN_CONFIG is not set: it names the connector file.');
  let raw: unknown;
  try {
    raw = parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new SyncError('ADJ-CFG-0001', `The connector file ${path} cannot be read: ${text}`, { cause });
  }
  const parsed = adjoinConfig.safeParse(raw);
  if (!parsed.success)
    throw new SyncError('ADJ-CFG-0001', `The connector file ${path} is invalid:\n${z.prettifyError(parsed.error)}`);
  const names = parsed.data.connectors.map((connector) => connector.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new SyncError('ADJ-CFG-0001', `The connector file ${path} names the connector ${twice} twice.`);
  return parsed.data;
}

/** The AD connector of this name. Throws ADJ-CFG-0001 when there is none. */
export function adConnector(config: AdjoinConfig, name: string): AdConnectorConfig {
  const found = config.connectors.find((connector) => connector.name === name);
  if (found?.type !== 'ad')
    throw new SyncError('ADJ-CFG-0001', `There is no AD connector named ${name} in the connector file.`);
  return found;
}

/** The Entra connector of this name. Throws ADJ-CFG-0001 when there is none. */
export function entraConnector(config: AdjoinConfig, name: string): EntraConnectorConfig {
  const found = config.connectors.find((connector) => connector.name === name);
  if (found?.type !== 'entra')
    throw new SyncError('ADJ-CFG-0001', `There is no Entra connector named ${name} in the connector file.`);
  return found;
}
