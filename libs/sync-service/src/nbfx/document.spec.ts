import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SyncError } from '@adjoin/contracts';
import { decodeDocument, encodeDocument } from './document.js';
import { ByteWriter } from './byte-writer.js';
import { writeRecord, type NbfxRecord } from './records/record.js';
import { dictionaryId, dictionaryString } from './static-dictionary.js';
import type { TextValue } from './text/text-value.js';
import { element, type Namespace, type XmlElement } from './xml.js';
import { bytesOf, textOf } from './xml-read.js';
import { recordsOf } from '../testing/xml-text.js';

const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,11}$/).filter((text) => text.toLowerCase() !== 'xmlns');
const name = fc.oneof(word, fc.constantFrom('Envelope', 'Body', 'Action'));
const prefix = fc.oneof(fc.constant(''), fc.constantFrom('a', 's', 'z'), word);
const int = (bits: number): fc.Arbitrary<number> => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
const text: fc.Arbitrary<TextValue> = fc.oneof(
  fc.constantFrom<TextValue>({ kind: 'zero' }, { kind: 'one' }, { kind: 'true' }, { kind: 'false' }, { kind: 'empty' }),
  fc.record({ kind: fc.constant('bool' as const), value: fc.boolean() }),
  fc.record({ kind: fc.constant('int8' as const), value: int(8) }),
  fc.record({ kind: fc.constant('int16' as const), value: int(16) }),
  fc.record({ kind: fc.constant('int32' as const), value: int(32) }),
  fc.record({ kind: fc.constant('int64' as const), value: fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }) }),
  fc.record({ kind: fc.constant('uint64' as const), value: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }) }),
  fc.record({ kind: fc.constant('float' as const), value: fc.float() }),
  fc.record({ kind: fc.constant('double' as const), value: fc.double() }),
  fc.record({
    kind: fc.constant('decimal' as const),
    coefficient: fc.bigInt({ min: 0n, max: (1n << 96n) - 1n }),
    scale: fc.integer({ min: 0, max: 28 }),
    negative: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('datetime' as const),
    ticks: fc.bigInt({ min: 0n, max: 3_155_378_975_999_999_999n }),
    zone: fc.constantFrom(0 as const, 1 as const, 2 as const),
  }),
  fc.record({ kind: fc.constant('timespan' as const), ticks: fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }) }),
  fc.record({
    kind: fc.constantFrom('chars' as const, 'unicode' as const),
    value: fc.string({ unit: 'grapheme', maxLength: 400 }),
  }),
  fc.record({ kind: fc.constant('bytes' as const), value: fc.uint8Array({ maxLength: 400 }) }),
  fc.record({ kind: fc.constantFrom('uuid' as const, 'uniqueid' as const), value: fc.uuid() }),
);
const record: fc.Arbitrary<NbfxRecord> = fc.oneof(
  fc.record({ kind: fc.constant('element' as const), prefix, name }),
  fc.record({ kind: fc.constant('element' as const), prefix, name: fc.record({ dictionary: fc.nat(0x7fffffff) }) }),
  fc.record({ kind: fc.constant('attribute' as const), prefix, name, value: text }),
  fc.record({
    kind: fc.constant('xmlns' as const),
    prefix,
    value: fc.oneof(word, fc.record({ dictionary: fc.nat(972) })),
  }),
  fc.record({ kind: fc.constant('text' as const), value: text, end: fc.boolean() }),
  fc.record({ kind: fc.constant('comment' as const), text: fc.string() }),
  fc.constant({ kind: 'end' as const }),
);
const ns: Namespace = { uri: 'urn:test', prefix: 't' };
const tree: fc.Arbitrary<XmlElement> = fc.letrec<{ node: XmlElement }>((tie) => ({
  node: fc
    .tuple(name, fc.array(fc.oneof({ depthSize: 'small', withCrossShrink: true }, text, tie('node')), { maxLength: 4 }))
    .map(([tag, content]) => element(ns, tag, content, { declare: [ns] })),
})).node;

describe('the codec of .NET binary XML', () => {
  it('reads every record it writes', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 12 }), (records) => {
        const writer = new ByteWriter(16);
        for (const one of records) writeRecord(one, writer);
        expect(recordsOf(writer.done())).toEqual(records);
      }),
    );
  });

  it('reads every document it writes, and writes the same bytes again', () => {
    fc.assert(
      fc.property(tree, (document) => {
        const bytes = encodeDocument(document);
        const read = decodeDocument(bytes);
        expect(read).toEqual(document);
        expect(encodeDocument(read)).toEqual(bytes);
      }),
    );
  });

  it('answers bad input with a coded error, never with another failure', () => {
    const attempt = (bytes: Uint8Array): void => {
      try {
        decodeDocument(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(SyncError);
        expect((error as SyncError).code).toBe('ADJ-EXP-3102');
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), attempt), { numRuns: 2000 });
    fc.assert(
      fc.property(tree, fc.nat(), fc.nat(255), fc.boolean(), (document, at, value, cut) => {
        const bytes = encodeDocument(document);
        const place = at % bytes.length;
        if (!cut) bytes[place] = value;
        attempt(cut ? bytes.subarray(0, place) : bytes);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['an array that claims more values than there are bytes', '034003617272018bffffffff07'],
    ['text that claims more bytes than there are', '4003646f639dffffff7f'],
    ['a negative length', '4003646f639dffffffff'],
    ['an unknown record', '4003646f637901'],
    ['an unknown dictionary string', '42ffff0301'],
    ['a session dictionary string', '420301'],
    ['an undeclared prefix', '5e0161' + '01'],
    ['an element that does not end', '4003646f63'],
    ['an end too many', '4003646f630101'],
    ['two roots', '4001610140016201'],
    ['no element', '0200'],
    ['an attribute after content', '4003646f638004016184' + '01'],
    ['text that is not UTF-8', '4003646f639902c328'],
  ])('refuses %s', (_what, hex) => {
    expect(() => decodeDocument(Buffer.from(hex, 'hex'))).toThrow(
      expect.objectContaining({ code: 'ADJ-EXP-3102' }) as Error,
    );
  });

  it('refuses a document of endless depth', () => {
    const bytes = Buffer.from('400161'.repeat(100_000), 'hex');
    expect(() => decodeDocument(bytes)).toThrow(/levels/);
  });

  it('keeps markup characters in values as they are', () => {
    const value = `<b a="1">&amp; ]]> 'x' \u0000 ü 😀`;
    expect(textOf(decodeDocument(encodeDocument(element(ns, 'v', [value], { declare: [ns] }))))).toBe(value);
  });

  it('reads base64 as bytes and as characters, also in parts', () => {
    const whole = Uint8Array.from([0, 1, 2, 3, 4, 5, 6]);
    const parts: TextValue[] = [
      { kind: 'bytes', value: whole.subarray(0, 3) },
      { kind: 'chars', value: Buffer.from(whole.subarray(3)).toString('base64') },
    ];
    expect(bytesOf(decodeDocument(encodeDocument(element(ns, 'v', parts, { declare: [ns] }))))).toEqual(whole);
  });
});

describe('the static dictionary of [MC-NBFS]', () => {
  it.each([
    [0x00, 'mustUnderstand'],
    [0x02, 'Envelope'],
    [0x04, 'http://www.w3.org/2003/05/soap-envelope'],
    [0x06, 'http://www.w3.org/2005/08/addressing'],
    [0x14, 'http://www.w3.org/2005/08/addressing/anonymous'],
    [0xf0, 'Cookie'],
    [0x3cc, 'detail'],
  ])('%i is %s', (id, string) => {
    expect(dictionaryString(id)).toBe(string);
    expect(dictionaryId(string)).toBe(id);
  });

  it('has 487 strings with even numbers', () => {
    expect(
      Array.from({ length: 2000 }, (_, id) => dictionaryString(id)).filter((one) => one !== undefined),
    ).toHaveLength(487);
  });
});
