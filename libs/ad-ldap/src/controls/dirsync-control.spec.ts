import { BerReader, BerWriter } from 'ldapts';
import { describe, expect, it } from 'vitest';
import { DIRSYNC_FLAGS, DirSyncControl } from './dirsync-control.js';

describe('DirSyncControl', () => {
  it('encodes flags, size and cookie, with bit 31 as a signed integer', () => {
    const writer = new BerWriter();
    new DirSyncControl({ flags: DIRSYNC_FLAGS.incrementalValues, maxBytes: 1000, cookie: Buffer.from([7, 8]) }).write(
      writer,
    );
    // [MS-ADTS] 3.1.1.3.4.1.3: 02 04 80000000, 02 02 03e8, 04 02 0708
    expect(writer.buffer.toString('hex')).toContain('300e0204800000000202' + '03e8' + '04020708');
  });
  it('reads the more flag and the cookie of the answer', () => {
    const value = new BerWriter();
    value.startSequence();
    value.writeInt(1);
    value.writeInt(0);
    value.writeBuffer(Buffer.from('MSDS'), 4);
    value.endSequence();
    const control = new DirSyncControl({ flags: 0, maxBytes: 0, cookie: Buffer.alloc(0) });
    control.parse(new BerReader(value.buffer));
    expect(control.response).toEqual({ more: true, cookie: Buffer.from('MSDS') });
  });
});
