import { SyncError } from '@adjoin/contracts';
import type { Control } from 'ldapts';
import type { LdapConnection } from '../connection/ldap-connection.js';
import type { RawAttribute } from '../connection/raw-entry.js';
import { guidDn } from '../names/guid.js';

/** `range=0-1499` or `range=1500-*` ([MS-ADTS] 3.1.1.3.1.3.3); under DirSync `range=1-1` = added values, `range=0-0` = removed ones. */
export interface ValueRange {
  readonly low: number;
  /** undefined for `*`: these are the last values. */
  readonly high: number | undefined;
}

export function parseRange(option: string | undefined): ValueRange | undefined {
  const match = /^range=(\d+)-(\d+|\*)$/i.exec(option ?? '');
  if (match === null) return undefined;
  return { low: Number(match[1]), high: match[2] === '*' ? undefined : Number(match[2]) };
}

/**
 * Reads the values that follow a range the server cut off (AD sends 1,500 at a time unasked), handing each batch over, until the server
 * marks the end with `*`. Throws ADJ-IMP-1010 when the object or the attribute ends without that mark.
 */
export async function readRemainingValues(
  connection: LdapConnection,
  target: {
    readonly guid: string;
    readonly attribute: string;
    readonly from: number;
    readonly controls: readonly Control[];
  },
  onValues: (values: readonly Buffer[]) => void | Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  for (let low = target.from; ;) {
    const asked = `${target.attribute};range=${String(low)}-*`;
    const [entry] = await connection.read(
      { base: guidDn(target.guid), scope: 'base', attributes: [asked], controls: target.controls },
      signal,
    );
    const part = entry?.attributes.find((attribute) => isPartOf(attribute, target.attribute));
    const range = parseRange(part?.option);
    if (part === undefined || range === undefined) {
      throw new SyncError('ADJ-IMP-1010', `the values of ${target.attribute} ended early on ${connection.server}`, {
        object: target.guid,
      });
    }
    await onValues(part.values);
    if (range.high === undefined) return;
    low = range.high + 1;
  }
}

const isPartOf = (attribute: RawAttribute, name: string): boolean =>
  attribute.name.toLowerCase() === name.toLowerCase() && attribute.option !== undefined;
