import type { AdConnectorConfig, ConnectorConfig } from '../config/connectors.js';

export type WriteBackFeature = NonNullable<AdConnectorConfig['writeBack']>[number];

/**
 * How an attribute is written. `fill`: only where there is no value; another one is a conflict. `add`: what is lacking is added to a list, and only
 * what Adjoin makes (`owned`); nothing else of the list is touched. `replace`: the value is the one of the cloud, and is cleared with it.
 */
export type WriteMode =
  | { readonly kind: 'fill' }
  | { readonly kind: 'add'; readonly owned: (value: string) => boolean }
  | { readonly kind: 'replace' };

/** One attribute that may be written, and for which feature. */
export interface WritableAttribute {
  readonly feature: WriteBackFeature;
  readonly mode: WriteMode;
}

const REPLACE: WriteMode = { kind: 'replace' };
/** The address under which the mailbox in the cloud was known to Exchange: of `proxyAddresses` nothing else is ever written (operations/features.md §8). */
const X500: WriteMode = { kind: 'add', owned: (value) => /^x500:/i.test(value) };
const ADDRESSES = { proxyAddresses: X500 };
/** What is kept of a mailbox in the cloud for the day it comes back. */
const MAILBOX = {
  ...ADDRESSES,
  msExchBlockedSendersHash: REPLACE,
  msExchSafeRecipientsHash: REPLACE,
  msExchSafeSendersHash: REPLACE,
  msExchUCVoiceMailSettings: REPLACE,
  msExchUserHoldPolicies: REPLACE,
};

/** The only attributes that are ever written to Active Directory, by feature and object type. */
const ATTRIBUTES: Readonly<Record<WriteBackFeature, Readonly<Record<string, Readonly<Record<string, WriteMode>>>>>> = {
  'consistency-guid': { user: { 'ms-DS-ConsistencyGuid': { kind: 'fill' } } },
  'exchange-hybrid': {
    user: { ...MAILBOX, 'msDS-ExternalDirectoryObjectID': REPLACE },
    inetOrgPerson: MAILBOX,
    group: ADDRESSES,
    contact: ADDRESSES,
  },
};

/** By object type and attribute. */
export type WritableAttributes = ReadonlyMap<string, ReadonlyMap<string, WritableAttribute>>;

/** What may be written to the objects of a forest; nothing without `writeBack`. */
export function writableAttributes({ writeBack = [] }: Pick<AdConnectorConfig, 'writeBack'>): WritableAttributes {
  const found = new Map<string, Map<string, WritableAttribute>>();
  for (const feature of writeBack)
    for (const [type, modes] of Object.entries(ATTRIBUTES[feature])) {
      const attributes = found.get(type) ?? new Map<string, WritableAttribute>();
      found.set(type, attributes);
      for (const [name, mode] of Object.entries(modes)) attributes.set(name, { feature, mode });
    }
  return found;
}

/** Attributes that a feature writes to objects of a type. */
export const writtenBy = (feature: WriteBackFeature, type: string): readonly string[] =>
  Object.keys(ATTRIBUTES[feature][type] ?? {});

/** Whether objects of the connector are written by Adjoin: a tenant always, a forest where write-back is on. */
export const isWritten = (connector: ConnectorConfig): boolean =>
  connector.type === 'entra' || (connector.writeBack ?? []).length > 0;
