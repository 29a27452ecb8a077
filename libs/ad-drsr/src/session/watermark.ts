import { NULL_GUID } from '../names/guid.js';
import type { UpToDateCursor } from '../drsuapi/up-to-date-vector.js';
import { NO_USN, type UsnVector } from '../drsuapi/usn-vector.js';

/**
 * Where reading of a naming context stands; plain data for storing. The USN vector belongs to one domain controller
 * (`invocationId`); the cursors let another one, or the same after a restore, leave out what is known already.
 */
export interface Watermark {
  readonly invocationId: string;
  /** Decimal numbers: USNs have 64 bits. */
  readonly usn: { readonly objectUpdate: string; readonly reserved: string; readonly propertyUpdate: string };
  readonly upToDate: readonly { readonly dsa: string; readonly usn: string }[];
}

export interface CyclePosition {
  readonly invocationId: string;
  readonly from: UsnVector;
  readonly upToDate: readonly UpToDateCursor[];
}

/** The beginning: everything is read. */
export const START: CyclePosition = { invocationId: NULL_GUID, from: NO_USN, upToDate: [] };

export function toWatermark(position: CyclePosition): Watermark {
  const { highObjectUpdate, reserved, highPropertyUpdate } = position.from;
  return {
    invocationId: position.invocationId,
    usn: {
      objectUpdate: highObjectUpdate.toString(),
      reserved: reserved.toString(),
      propertyUpdate: highPropertyUpdate.toString(),
    },
    upToDate: position.upToDate.map(({ dsa, usn }) => ({ dsa, usn: usn.toString() })),
  };
}

export function fromWatermark(watermark: Watermark | undefined): CyclePosition {
  if (watermark === undefined) return START;
  const { objectUpdate, reserved, propertyUpdate } = watermark.usn;
  return {
    invocationId: watermark.invocationId,
    from: {
      highObjectUpdate: BigInt(objectUpdate),
      reserved: BigInt(reserved),
      highPropertyUpdate: BigInt(propertyUpdate),
    },
    upToDate: watermark.upToDate.map(({ dsa, usn }) => ({ dsa, usn: BigInt(usn) })),
  };
}
