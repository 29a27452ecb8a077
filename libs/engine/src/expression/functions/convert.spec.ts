import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itFails, itGives, valueOf } from '../../../test/expression-table.js';

const guid = '00112233-4455-6677-8899-aabbccddeeff';
const guidBytes = { $binary: 'MyIRAFVEd2aImaq7zN3u/w==' };

describe('conversion functions', () => {
  itGives([
    ['CBool(BitAnd(6,2))', true],
    ['CBool(0)', false],
    ['CBool(-1)', true],
    ['CBool(NULL)', false],
    ['CBool([msExchHideFromAddressLists])', false],
    ['CBool("True")', true],
    ['CBool("False")', false],
    ['CBool(IIF(IsPresent([x]),BitAnd([x],2)>0,NULL))', false],
    ['CBool(IIF(IsPresent([x]),BitAnd([x],2)>0,NULL))', true, { x: 6 }],
    ['CDate("2022-06-05 6:15 PM -3")', '2022-06-05T21:15:00Z'],
    ['CDate("2024-03-31 22:30 +2")', '2024-03-31T20:30:00Z'],
    ['CDate("3/9/2021")', '2021-03-09T00:00:00Z'],
    ['CDate("2021-03-09T10:11:12Z")', '2021-03-09T10:11:12Z'],
    ['CDate("2021-03-09T10:11:12.5+02:30")', '2021-03-09T07:41:12Z'],
    ['CDate("3/9/2021 12:00 AM")', '2021-03-09T00:00:00Z'],
    ['CDate("3/9/2021 12:05 pm")', '2021-03-09T12:05:00Z'],
    ['CDate([no])', null],
    ['CGuid("{00112233-4455-6677-8899-aabbccddeeff}")', guidBytes],
    ['CGuid("00112233-4455-6677-8899-AABBCCDDEEFF")', guidBytes],
    ['StringFromGuid(CGuid("{00112233-4455-6677-8899-AABBCCDDEEFF}"))', guid],
    ['CNum("0042")', 42],
    ['CNum(" -7 ")', -7],
    ['CNum("9223372036854775807")', { $int: '9223372036854775807' }],
    ['CNum(5)', 5],
    ['CNum([no])', null],
    ['CStr(512)', '512'],
    ['CStr(-2147483648)', '-2147483648'],
    ['CStr(CRef("CN=A,DC=z"))', 'CN=A,DC=z'],
    ['CStr(True)', 'True'],
    ['CStr("q")', 'q'],
    ['CStr([no])', null],
    ['CRef("CN=Ops,OU=Teams," & "DC=lab")', 'CN=Ops,OU=Teams,DC=lab'],
    ['ConvertFromBase64("SGkh", UTF8)', 'Hi!'],
    ['ConvertFromBase64("SGkh", "UTF8")', 'Hi!'],
    ['ConvertFromBase64("SGkh", ASCII)', 'Hi!'],
    ['ConvertFromBase64("SABpACEA")', 'Hi!'],
    ['ConvertFromBase64("SABpACEA", Unicode)', 'Hi!'],
    ['ConvertToBase64("Hi!")', 'SABpACEA'],
    ['ConvertToBase64(CGuid("00112233-4455-6677-8899-aabbccddeeff"))', 'MyIRAFVEd2aImaq7zN3u/w=='],
    ['ConvertToBase64([objectGUID])', 'MyIRAFVEd2aImaq7zN3u/w==', { objectGUID: { $guid: guid } }],
    ['ConvertToBase64([no])', null],
    ['ConvertFromUTF8Hex("5A6FC3AB")', 'Zoë'],
    ['ConvertToUTF8Hex("Zoë")', '5A6FC3AB'],
    ['"CN={" & ConvertToUTF8Hex("a=") & "}"', 'CN={613D}'],
    [
      'StringFromSid([s])',
      'S-1-5-21-2127521184-1604012920-1887927527-72713',
      { s: { $binary: 'AQUAAAAAAAUVAAAAoGXPfnhLm1/nfIdwCRwBAA==' } },
    ],
    ['StringFromSid([s])', 'S-1-5-32-544', { s: { $sid: 'S-1-5-32-544' } }],
    ['StringFromSid([no])', null],
    ['CBin(258,4)', { $binary: 'AgEAAA==' }],
    ['CBin(-1,2)', { $binary: '//8=' }],
  ]);

  itFails([
    ['CDate("2021-02-30")', 'evaluation', '"2021-02-30"'],
    ['CDate("2021-03-09 25:00")', 'evaluation'],
    ['CDate("tomorrow")', 'evaluation'],
    ['CDate("")', 'evaluation'],
    ['CGuid("00112233445566778899aabbccddeeff")', 'evaluation'],
    ['CGuid("{00112233-4455-6677-8899-aabbccddeeff")', 'evaluation'],
    ['CNum("12a")', 'evaluation', '"12a"'],
    ['CNum("1.5")', 'evaluation'],
    ['CNum("9223372036854775808")', 'evaluation'],
    ['CNum("")', 'evaluation'],
    ['CStr([b])', 'argument-type', '[b]', { b: { $binary: 'AQ==' } }],
    ['ConvertFromBase64("a")', 'evaluation'],
    ['ConvertFromBase64("SGkh", "EBCDIC")', 'argument-type', '"EBCDIC"'],
    ['ConvertFromUTF8Hex("5A6")', 'evaluation'],
    ['ConvertFromUTF8Hex("zz")', 'evaluation'],
    ['StringFromGuid([b])', 'evaluation', '[b]', { b: { $binary: 'AQ==' } }],
    ['StringFromSid([b])', 'evaluation', '[b]', { b: { $binary: 'AQ==' } }],
  ]);

  const text = fc.string({ unit: 'binary' }).filter((value) => value !== '');
  it('text survives Base64 and UTF-8 hex', () => {
    fc.assert(
      fc.property(text, (value) => {
        const attributes = { value };
        expect(valueOf('ConvertFromBase64(ConvertToBase64([value]))', { attributes })).toBe(value);
        const hex = valueOf('ConvertToUTF8Hex([value])', { attributes });
        expect(hex).toBe(Buffer.from(value, 'utf8').toString('hex').toUpperCase());
        expect(valueOf('ConvertFromUTF8Hex(ConvertToUTF8Hex([value]))', { attributes })).toBe(value.toWellFormed());
      }),
    );
  });

  it('bytes become the Base64 that Node makes of them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        const base64 = Buffer.from(bytes).toString('base64');
        expect(valueOf('ConvertToBase64([b])', { attributes: { b: { $binary: base64 } } })).toBe(base64);
      }),
    );
  });
});
