import type { AdConnectorConfig, ConnectorConfig } from '../config/connectors.js';

export type WriteBackFeature = NonNullable<AdConnectorConfig['writeBack']>[number];

/** The only attributes that are ever written to Active Directory, by feature and object type. */
const ATTRIBUTES: Readonly<Record<WriteBackFeature, Readonly<Record<string, readonly string[]>>>> = {
  'consistency-guid': { user: ['ms-DS-ConsistencyGuid'] },
};

/** What may be written to the objects of a forest, by object type; nothing without `writeBack`. */
export function writableAttributes(config: AdConnectorConfig): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const feature of config.writeBack ?? [])
    for (const [type, names] of Object.entries(ATTRIBUTES[feature]))
      found.set(type, new Set([...(found.get(type) ?? []), ...names]));
  return found;
}

/** Whether objects of the connector are written by Adjoin: a tenant always, a forest where write-back is on. */
export const isWritten = (connector: ConnectorConfig): boolean =>
  connector.type === 'entra' || (connector.writeBack ?? []).length > 0;
