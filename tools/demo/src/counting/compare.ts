import type { Mismatch } from '../report.js';
import type { ExpectedGroup, ExpectedUser, Expectation } from './expectation.js';
import type { ExpectedValues } from './expected-values.js';
import type { TenantContent, TenantGroup, TenantUser } from './read-tenant.js';

/** Every difference between what the target must hold and what Graph shows. */
export function compare(expected: Expectation, actual: TenantContent): readonly Mismatch[] {
  const anchors = new Map([...actual.users, ...actual.groups].map((object) => [object.id, object.anchor]));
  return [
    ...compareObjects(expected.users, actual.users, (user, found) => userMismatches(user, found, anchors)),
    ...compareObjects(expected.groups, actual.groups, (group, found) =>
      groupMismatches(group, found, anchors, expected),
    ),
  ];
}

function compareObjects<E extends { readonly dn: string }, A extends TenantUser | TenantGroup>(
  expected: ReadonlyMap<string, E>,
  actual: readonly A[],
  differences: (expected: E, actual: A) => readonly Mismatch[],
): readonly Mismatch[] {
  const found = new Map<string, A>();
  const mismatches: Mismatch[] = [];
  for (const object of actual) {
    const isKnown = object.anchor !== null && expected.has(object.anchor) && !found.has(object.anchor);
    if (isKnown && object.anchor !== null) found.set(object.anchor, object);
    else mismatches.push({ object: object.name, attribute: 'object', expected: null, actual: object.id });
  }
  for (const [anchor, object] of expected) {
    const shown = found.get(anchor);
    if (shown === undefined)
      mismatches.push({ object: object.dn, attribute: 'object', expected: anchor, actual: null });
    else mismatches.push(...differences(object, shown));
  }
  return mismatches;
}

function userMismatches(
  user: ExpectedUser,
  found: TenantUser,
  anchors: ReadonlyMap<string, string | null>,
): readonly Mismatch[] {
  const mismatches = valueMismatches(user.dn, user.values, found.values);
  const manager = found.managerId === null ? null : (anchors.get(found.managerId) ?? found.managerId);
  if (manager === user.manager) return mismatches;
  return [...mismatches, { object: user.dn, attribute: 'manager', expected: user.manager, actual: manager }];
}

function groupMismatches(
  group: ExpectedGroup,
  found: TenantGroup,
  anchors: ReadonlyMap<string, string | null>,
  all: Expectation,
): readonly Mismatch[] {
  const nameOf = (anchor: string): string => all.users.get(anchor)?.dn ?? all.groups.get(anchor)?.dn ?? anchor;
  const shown = new Set(found.memberIds.map((id) => anchors.get(id) ?? id));
  const missing = [...group.members].filter((anchor) => !shown.has(anchor));
  const surplus = [...shown].filter((anchor) => !group.members.has(anchor));
  const row = { object: group.dn, attribute: 'members' };
  return [
    ...valueMismatches(group.dn, group.values, found.values),
    ...missing.map((anchor) => ({ ...row, expected: nameOf(anchor), actual: null })),
    ...surplus.map((anchor) => ({ ...row, expected: null, actual: nameOf(anchor) })),
  ];
}

function valueMismatches(
  object: string,
  expected: ExpectedValues,
  actual: Readonly<Record<string, unknown>>,
): readonly Mismatch[] {
  return Object.entries(expected).flatMap(([attribute, value]) => {
    const shown = plain(actual[attribute]);
    return shown === value ? [] : [{ object, attribute, expected: value, actual: shown }];
  });
}

/** Graph shows businessPhones as a list of at most one value, and an empty property as null or not at all. */
function plain(value: unknown): unknown {
  const single: unknown = Array.isArray(value) ? value[0] : value;
  return single === undefined || single === '' ? null : single;
}
