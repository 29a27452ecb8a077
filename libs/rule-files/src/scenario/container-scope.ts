import { domainDn } from '../rule-set/connector-definition.js';
import type { ScopeOption } from './format.js';

/**
 * Tells whether a DN lies in the selected domains and containers: the nearest listed ancestor decides
 * (engine/filtering.md §4). Without lists everything is in scope.
 */
export function isInContainerScope(dn: string, scope: ScopeOption | undefined): boolean {
  if (scope === undefined) return true;
  const lower = normalizeDn(dn);
  const domain = /(?:^|,)(dc=[^,]+(?:,dc=[^,]+)*)$/.exec(lower)?.[1];
  if (scope.domains !== undefined && !scope.domains.some((fqdn) => domainDn(fqdn).toLowerCase() === domain))
    return false;
  const included = longest(lower, scope.include);
  const excluded = longest(lower, scope.exclude);
  if (included === 0 && excluded === 0) return scope.include === undefined || scope.include.length === 0;
  return included > excluded;
}

/** Length of the longest listed DN that is the object or one of its ancestors. */
function longest(dn: string, list: readonly string[] = []): number {
  const matches = list.map(normalizeDn).filter((container) => dn === container || dn.endsWith(`,${container}`));
  return Math.max(0, ...matches.map((container) => container.length));
}

/** A DN for comparison: lower case, no blanks around commas. */
export function normalizeDn(dn: string): string {
  return dn.replace(/\s*,\s*/g, ',').toLowerCase();
}
