import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MessageFramer } from './message-framer.js';

const message = (body: Buffer): Buffer => {
  const length = Buffer.alloc(5);
  length.writeUInt8(0x84, 0);
  length.writeUInt32BE(body.length, 1);
  return Buffer.concat([Buffer.from([0x30]), length, body]);
};

describe('MessageFramer', () => {
  it('returns the same messages however the stream is cut into chunks', () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 8 });
    const cuts = fc.array(fc.integer({ min: 1, max: 97 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(bodies, cuts, (content, sizes) => {
        const messages = content.map((body) => message(Buffer.from(body)));
        const stream = Buffer.concat(messages);
        const framer = new MessageFramer();
        const found: Buffer[] = [];
        for (let at = 0, turn = 0; at < stream.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          found.push(...framer.push(stream.subarray(at, at + size)));
          at += size;
        }
        expect(found.map((part) => part.toString('hex'))).toEqual(messages.map((part) => part.toString('hex')));
        expect(framer.pendingBytes).toBe(0);
      }),
    );
  });

  it('refuses a stream that is not LDAP', () => {
    expect(() => new MessageFramer().push(Buffer.from('HTTP/1.1 400 Bad Request'))).toThrow(RangeError);
  });

  it('refuses a message of an impossible size', () => {
    expect(() => new MessageFramer().push(Buffer.from([0x30, 0x84, 0xff, 0xff, 0xff, 0xff]))).toThrow(RangeError);
  });
});
