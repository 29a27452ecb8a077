import { compare, expectationOf, readDirectory, readDomains, readTenant } from '@adjoin/demo';
import type { FaultLab } from '../lab/fault-lab.js';

/**
 * Every difference between the tenant and what Active Directory asks for. What it asks for is computed from LDAP alone, by code that shares nothing
 * with the engine.
 */
export async function differences(lab: FaultLab): Promise<readonly string[]> {
  const [entries, domains] = await Promise.all([readDirectory(lab.forest), readDomains(lab.graph)]);
  const content = await readTenant(lab.graph);
  return compare(expectationOf(entries, domains, 'once'), content).map(
    ({ object, attribute, expected, actual }) =>
      `${object} ${attribute}: ${JSON.stringify(expected)} in AD, ${JSON.stringify(actual)} in the tenant`,
  );
}
