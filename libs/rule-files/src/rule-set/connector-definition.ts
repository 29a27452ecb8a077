import type { ConnectorDefinition } from '@adjoin/engine';
import { createHash } from 'node:crypto';

/** An AD forest as an administrator describes it. */
export interface AdConnectorDescription {
  readonly type: 'ad';
  readonly forest: string;
  /** NetBIOS name by domain FQDN; by default the forest root alone. */
  readonly domains?: Readonly<Record<string, string>> | undefined;
  readonly parameters?: Readonly<Record<string, string>> | undefined;
}
export interface EntraConnectorDescription {
  readonly type: 'entra';
  readonly initialDomain?: string | undefined;
  readonly verifiedDomains?: readonly string[] | undefined;
  readonly parameters?: Readonly<Record<string, string>> | undefined;
}
export type ConnectorDescription = AdConnectorDescription | EntraConnectorDescription;

/**
 * The connector as rules see it: parameters of forest and domains (engine/expressions.md §8) and an identifier that is
 * the same for the same name. `order` is the place among the connectors in the order they were added.
 */
export function connectorDefinition(
  name: string,
  description: ConnectorDescription,
  order: number,
  id: string = stableGuid(name),
): ConnectorDefinition {
  if (description.type === 'entra')
    return { name, id, kind: 'entra', order, parameters: description.parameters ?? {}, partitions: {} };
  const { forest } = description;
  const domains = description.domains ?? { [forest]: netbiosOf(forest) };
  const parameters = {
    'Forest.FQDN': forest,
    'Forest.LDAP': domainDn(forest),
    'Forest.Netbios': domains[forest] ?? netbiosOf(forest),
    ...description.parameters,
  };
  const partitions = Object.entries(domains).map(([fqdn, netbios]) => {
    const dn = domainDn(fqdn);
    return [dn.toLowerCase(), { 'Domain.FQDN': fqdn, 'Domain.LDAP': dn, 'Domain.Netbios': netbios }] as const;
  });
  return { name, id, kind: 'ad', order, parameters, partitions: Object.fromEntries(partitions) };
}

/** DN of a domain, e.g. `DC=corp,DC=test`. */
export function domainDn(fqdn: string): string {
  return fqdn
    .split('.')
    .map((label) => `DC=${label}`)
    .join(',');
}

function netbiosOf(fqdn: string): string {
  return (fqdn.split('.')[0] ?? fqdn).toUpperCase().slice(0, 15);
}

/** A GUID computed from a name, for descriptions that carry none. */
export function stableGuid(name: string): string {
  const hex = createHash('sha256').update(`connector:${name}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
