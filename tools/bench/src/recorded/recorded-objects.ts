import type { ChangeBody } from '@adjoin/ad-importer';
import { MAX_REFERENCES_PER_MESSAGE, type ReferenceTarget } from '@adjoin/contracts';

/** Objects as an importer reports them, without a directory: as many as one likes. */

const DOMAIN = 'DC=corp,DC=test';

/** The GUID of the object with a number. */
export const guidOf = (n: number): string => `5eed0000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

export function userBody(n: number, readStartedAt: string): ChangeBody {
  const name = `member${n}`;
  return {
    anchor: guidOf(n),
    op: 'whole',
    objectType: 'user',
    rdn: `CN=${name}`,
    parent: null,
    dn: `CN=${name},OU=Adjoin,${DOMAIN}`,
    readStartedAt,
    attributes: {
      cn: name,
      sAMAccountName: name,
      userPrincipalName: `${name}@corp.test`,
      displayName: `Member ${n}`,
      mail: `${name}@corp.test`,
      department: 'Recorded',
      userAccountControl: 512,
      objectGUID: { $binary: guidBytes(guidOf(n)) },
    },
  };
}

/** A security group with its whole set of members: the first message, and the further ones for values that do not fit. */
export function groupBodies(
  n: number,
  members: readonly number[],
  set: string,
  readStartedAt: string,
): readonly ChangeBody[] {
  const name = `group${n}`;
  const chunks = chunked(members.map((member): ReferenceTarget => ({ $ref: guidOf(member) })));
  return chunks.map((values, index): ChangeBody => {
    const last = index === chunks.length - 1;
    const references = { member: { mode: 'set' as const, set, index, last, count: members.length, values } };
    if (index > 0) return { anchor: guidOf(n), op: 'delta', readStartedAt, references };
    return {
      anchor: guidOf(n),
      op: 'whole',
      objectType: 'group',
      rdn: `CN=${name}`,
      parent: null,
      dn: `CN=${name},OU=Adjoin,${DOMAIN}`,
      readStartedAt,
      references,
      attributes: {
        cn: name,
        sAMAccountName: name,
        displayName: name,
        groupType: -2147483646,
        objectGUID: { $binary: guidBytes(guidOf(n)) },
      },
    };
  });
}

/** Members that were added and removed, as DirSync reports them; in messages of the largest size. */
export function memberBodies(
  group: number,
  change: { readonly add?: readonly number[]; readonly remove?: readonly number[] },
  readStartedAt: string,
): readonly ChangeBody[] {
  const body = (add: readonly ReferenceTarget[], remove: readonly ReferenceTarget[]): ChangeBody => ({
    anchor: guidOf(group),
    op: 'delta',
    readStartedAt,
    references: { member: { mode: 'change', add: [...add], remove: [...remove] } },
  });
  const targets = (numbers: readonly number[] = []): readonly (readonly ReferenceTarget[])[] =>
    numbers.length === 0 ? [] : chunked(numbers.map((n) => ({ $ref: guidOf(n) })));
  return [
    ...targets(change.add).map((add) => body(add, [])),
    ...targets(change.remove).map((remove) => body([], remove)),
  ];
}

function chunked(values: readonly ReferenceTarget[]): readonly ReferenceTarget[][] {
  const count = Math.max(1, Math.ceil(values.length / MAX_REFERENCES_PER_MESSAGE));
  return Array.from({ length: count }, (_, index) =>
    values.slice(index * MAX_REFERENCES_PER_MESSAGE, (index + 1) * MAX_REFERENCES_PER_MESSAGE),
  );
}

/** The bytes of objectGUID in the order of the directory, MS-DTYP 2.3.4.2, in Base64. */
function guidBytes(text: string): string {
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
  return Buffer.concat([
    Buffer.from(bytes.subarray(0, 4)).reverse(),
    Buffer.from(bytes.subarray(4, 6)).reverse(),
    Buffer.from(bytes.subarray(6, 8)).reverse(),
    bytes.subarray(8),
  ]).toString('base64');
}
