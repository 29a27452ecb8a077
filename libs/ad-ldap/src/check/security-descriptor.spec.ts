import { describe, expect, it } from 'vitest';
import { guidBytes } from '../names/guid.js';
import { grantsExtendedRight } from './security-descriptor.js';

const RIGHT = '1131f6ad-9c07-11d1-f79f-00c04fc2dcd2';
const OTHER = '1131f6aa-9c07-11d1-f79f-00c04fc2dcd2';
const CONTROL_ACCESS = 0x100;

/** S-1-5-21-<id>, [MS-DTYP] 2.4.2.2. */
function sid(id: number): Buffer {
  const bytes = Buffer.from([1, 2, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 0, 0, 0, 0]);
  bytes.writeUInt32LE(id, 12);
  return bytes;
}
interface Entry {
  readonly type: number;
  readonly flags?: number;
  readonly mask?: number;
  readonly right?: string;
  /** Inherited by objects of this class only; the field follows the right. */
  readonly inheritedBy?: string;
  readonly id: number;
}
function entry({ type, flags = 0, mask = CONTROL_ACCESS, right, inheritedBy, id }: Entry): Buffer {
  const isObject = type >= 5;
  const guids = [right, inheritedBy].filter((guid) => guid !== undefined).map((guid) => guidBytes(guid));
  const present = Buffer.alloc(4);
  present.writeUInt32LE((right === undefined ? 0 : 1) | (inheritedBy === undefined ? 0 : 2));
  const body = Buffer.concat([...(isObject ? [present, ...guids] : []), sid(id)]);
  const head = Buffer.alloc(8);
  head.writeUInt8(type, 0);
  head.writeUInt8(flags, 1);
  head.writeUInt16LE(8 + body.length, 2);
  head.writeUInt32LE(mask, 4);
  return Buffer.concat([head, body]);
}
function descriptor(...entries: readonly Entry[]): Buffer {
  const list = entries.map(entry);
  const bytes = Buffer.alloc(28);
  bytes.writeUInt32LE(20, 16);
  bytes.writeUInt16LE(entries.length, 24);
  return Buffer.concat([bytes, ...list]);
}
const mine = new Set(['S-1-5-21-7', 'S-1-5-21-8']);

describe('an extended right in an access control list', () => {
  it.each<[string, boolean, readonly Entry[]]>([
    ['is not there', false, []],
    ['is granted by name', true, [{ type: 5, right: RIGHT, id: 7 }]],
    ['is granted to a group of the account', true, [{ type: 5, right: RIGHT, id: 8 }]],
    ['is granted to somebody else', false, [{ type: 5, right: RIGHT, id: 9 }]],
    ['is another right', false, [{ type: 5, right: OTHER, id: 7 }]],
    ['is one of all extended rights', true, [{ type: 5, id: 7 }]],
    ['is part of full control', true, [{ type: 0, mask: 0xf01ff, id: 7 }]],
    ['is no part of reading', false, [{ type: 0, mask: 0x20094, id: 7 }]],
    [
      'is denied first',
      false,
      [
        { type: 6, right: RIGHT, id: 7 },
        { type: 5, right: RIGHT, id: 7 },
      ],
    ],
    ['is only for what is below', false, [{ type: 5, flags: 0x0a, right: RIGHT, id: 7 }]],
    ['is granted with a class behind the right', true, [{ type: 5, right: RIGHT, inheritedBy: OTHER, id: 7 }]],
  ])('%s: %s', (_words, expected, entries) => {
    expect(grantsExtendedRight(descriptor(...entries), mine, RIGHT)).toBe(expected);
  });
});
