import { describe, expect, it } from 'vitest';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';
import { writeRecord } from './records/record.js';
import { recordsOf, xmlText } from '../testing/xml-text.js';

const bytesOf = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const ABC = '68 74 74 70 3A 2F 2F 61 62 63';
const UUID = '00 11 22 33 44 55 66 77 88 99 AA BB CC DD EE FF';

/** [MC-NBFX] section 3: bytes and the characters they stand for; strXXX is the dictionary string XXX. */
const EXAMPLES: readonly (readonly [record: string, bytes: string, xml: string])[] = [
  ['EndElement', '40 03 64 6F 63 01', '<doc></doc>'],
  ['Comment', '02 07 63 6F 6D 6D 65 6E 74', '<!--comment-->'],
  ['Array', '03 40 03 61 72 72 01 8B 03 33 33 88 88 DD DD', '<arr>13107</arr><arr>-30584</arr><arr>-8739</arr>'],
  ['ShortAttribute', '40 03 64 6F 63 04 04 61 74 74 72 84 01', '<doc attr="false"></doc>'],
  [
    'Attribute',
    `40 03 64 6F 63 09 03 70 72 65 0A ${ABC} 05 03 70 72 65 04 61 74 74 72 84 01`,
    '<doc xmlns:pre="http://abc" pre:attr="false"></doc>',
  ],
  ['ShortDictionaryAttribute', '40 03 64 6F 63 06 08 86 01', '<doc str8="true"></doc>'],
  [
    'DictionaryAttribute',
    `40 03 64 6F 63 09 03 70 72 65 0A ${ABC} 07 03 70 72 65 00 86 01`,
    '<doc xmlns:pre="http://abc" pre:str0="true"></doc>',
  ],
  ['ShortXmlnsAttribute', `40 03 64 6F 63 08 0A ${ABC} 01`, '<doc xmlns="http://abc"></doc>'],
  ['XmlnsAttribute', `40 03 64 6F 63 09 01 70 0A ${ABC} 01`, '<doc xmlns:p="http://abc"></doc>'],
  ['ShortDictionaryXmlnsAttribute', '40 03 64 6F 63 0A 04 01', '<doc xmlns="str4"></doc>'],
  ['DictionaryXmlnsAttribute', '40 03 64 6F 63 0B 01 70 04 01', '<doc xmlns:p="str4"></doc>'],
  [
    'PrefixDictionaryAttributeF',
    `40 03 64 6F 63 09 01 66 0A ${ABC} 11 0B 98 05 68 65 6C 6C 6F 01`,
    '<doc xmlns:f="http://abc" f:str11="hello"></doc>',
  ],
  [
    'PrefixDictionaryAttributeX',
    `40 03 64 6F 63 09 01 78 0A ${ABC} 23 15 98 05 77 6F 72 6C 64 01`,
    '<doc xmlns:x="http://abc" x:str21="world"></doc>',
  ],
  [
    'PrefixAttributeK',
    `40 03 64 6F 63 09 01 6B 0A ${ABC} 30 04 61 74 74 72 86 01`,
    '<doc xmlns:k="http://abc" k:attr="true"></doc>',
  ],
  [
    'PrefixAttributeZ',
    `40 03 64 6F 63 09 01 7A 0A ${ABC} 3F 03 61 62 63 98 03 78 79 7A 01`,
    '<doc xmlns:z="http://abc" z:abc="xyz"></doc>',
  ],
  ['Element', `41 03 70 72 65 03 64 6F 63 09 03 70 72 65 0A ${ABC} 01`, '<pre:doc xmlns:pre="http://abc"></pre:doc>'],
  ['ShortDictionaryElement', '42 0E 01', '<str14></str14>'],
  [
    'DictionaryElement',
    `43 03 70 72 65 0E 09 03 70 72 65 0A ${ABC} 01`,
    '<pre:str14 xmlns:pre="http://abc"></pre:str14>',
  ],
  ['PrefixDictionaryElementA', `44 0A 09 01 61 0A ${ABC} 01`, '<a:str10 xmlns:a="http://abc"></a:str10>'],
  ['PrefixDictionaryElementS', `56 26 09 01 73 0A ${ABC} 01`, '<s:str38 xmlns:s="http://abc"></s:str38>'],
  ['PrefixElementA', `5E 05 68 65 6C 6C 6F 09 01 61 0A ${ABC} 01`, '<a:hello xmlns:a="http://abc"></a:hello>'],
  [
    'PrefixElementS',
    `70 09 4D 79 4D 65 73 73 61 67 65 09 01 73 0A ${ABC} 01`,
    '<s:MyMessage xmlns:s="http://abc"></s:MyMessage>',
  ],
  ['ZeroText', '40 03 64 6F 63 06 A0 03 80 01', '<doc str416="0"></doc>'],
  ['ZeroTextWithEndElement', '40 03 61 62 63 81', '<abc>0</abc>'],
  ['OneText', '40 03 64 6F 63 06 00 82 01', '<doc str0="1"></doc>'],
  ['OneTextWithEndElement', '40 03 61 62 63 83', '<abc>1</abc>'],
  ['FalseText', '40 03 64 6F 63 06 00 84 01', '<doc str0="false"></doc>'],
  ['FalseTextWithEndElement', '40 03 61 62 63 85', '<abc>false</abc>'],
  ['TrueText', '40 03 64 6F 63 06 00 86 01', '<doc str0="true"></doc>'],
  ['TrueTextWithEndElement', '40 03 61 62 63 87', '<abc>true</abc>'],
  ['Int8Text', '40 03 64 6F 63 06 EC 01 88 DE 01', '<doc str236="-34"></doc>'],
  ['Int8TextWithEndElement', '42 9A 01 89 7F', '<str154>127</str154>'],
  ['Int16Text', '40 03 64 6F 63 06 EC 01 8A 00 80 01', '<doc str236="-32768"></doc>'],
  ['Int16TextWithEndElement', '42 9A 01 8B FF 7F', '<str154>32767</str154>'],
  ['Int32Text', '40 03 64 6F 63 06 EC 01 8C 15 CD 5B 07 01', '<doc str236="123456789"></doc>'],
  ['Int32TextWithEndElement', '42 9A 01 8D FF FF FF 7F', '<str154>2147483647</str154>'],
  ['Int64Text', '40 03 64 6F 63 06 EC 01 8E 00 00 00 80 00 00 00 00 01', '<doc str236="2147483648"></doc>'],
  ['Int64TextWithEndElement', '42 9A 01 8F 00 00 00 00 00 01 00 00', '<str154>1099511627776</str154>'],
  ['FloatText', '40 03 64 6F 63 04 01 61 90 CD CC 8C 3F 01', '<doc a="1.1"></doc>'],
  ['FloatTextWithEndElement', '40 05 50 72 69 63 65 91 CD CC 01 42', '<Price>32.45</Price>'],

  ['DoubleText', '40 03 64 6F 63 04 01 61 92 74 57 14 8B 0A BF 05 40 01', '<doc a="2.71828182845905"></doc>'],
  ['DoubleTextWithEndElement', '40 02 50 49 93 11 2D 44 54 FB 21 09 40', '<PI>3.14159265358979</PI>'],
  [
    'DecimalText',
    '40 03 64 6F 63 04 03 69 6E 74 94 00 00 06 00 00 00 00 00 80 2D 4E 00 00 00 00 00 01',
    '<doc int="5.123456"></doc>',
  ],
  [
    'DecimalTextWithEndElement',
    '40 08 4D 61 78 56 61 6C 75 65 95 00 00 00 00 FF FF FF FF FF FF FF FF FF FF FF FF',
    '<MaxValue>79228162514264337593543950335</MaxValue>',
  ],
  [
    'DateTimeText',
    '40 03 64 6F 63 06 6E 96 FF 3F 37 F4 75 28 CA 2B 01',
    '<doc str110="9999-12-31T23:59:59.9999999"></doc>',
  ],
  ['DateTimeTextWithEndElement', '42 6C 97 00 40 8E F9 5B 47 C8 08', '<str108>2006-05-17T00:00:00</str108>'],
  ['Chars8Text', '40 03 64 6F 63 98 05 68 65 6C 6C 6F 01', '<doc>hello</doc>'],
  ['Chars8TextWithEndElement', '40 01 61 99 05 68 65 6C 6C 6F', '<a>hello</a>'],
  ['Chars16Text', '40 03 64 6F 63 9A 05 00 68 65 6C 6C 6F 01', '<doc>hello</doc>'],
  ['Chars16TextWithEndElement', '40 01 61 9B 05 00 68 65 6C 6C 6F', '<a>hello</a>'],
  ['Chars32Text', '40 03 64 6F 63 9C 05 00 00 00 68 65 6C 6C 6F 01', '<doc>hello</doc>'],
  ['Chars32TextWithEndElement', '40 01 61 9D 05 00 00 00 68 65 6C 6C 6F', '<a>hello</a>'],
  ['Bytes8Text', '40 03 64 6F 63 9E 08 00 01 02 03 04 05 06 07 01', '<doc>AAECAwQFBgc=</doc>'],
  [
    'Bytes8TextWithEndElement',
    '40 06 42 61 73 65 36 34 9F 08 00 01 02 03 04 05 06 07',
    '<Base64>AAECAwQFBgc=</Base64>',
  ],
  ['Bytes16Text', '40 03 64 6F 63 A0 08 00 00 01 02 03 04 05 06 07 01', '<doc>AAECAwQFBgc=</doc>'],
  [
    'Bytes16TextWithEndElement',
    '40 06 42 61 73 65 36 34 A1 08 00 00 01 02 03 04 05 06 07',
    '<Base64>AAECAwQFBgc=</Base64>',
  ],
  ['Bytes32Text', '40 03 64 6F 63 A2 08 00 00 00 00 01 02 03 04 05 06 07 01', '<doc>AAECAwQFBgc=</doc>'],
  [
    'Bytes32TextWithEndElement',
    '40 06 42 61 73 65 36 34 A3 08 00 00 00 00 01 02 03 04 05 06 07',
    '<Base64>AAECAwQFBgc=</Base64>',
  ],
  [
    'StartListText and EndListText',
    '40 03 64 6F 63 04 01 61 A4 88 7B 98 05 68 65 6C 6C 6F 86 A6 01',
    '<doc a="123 hello true"></doc>',
  ],
  ['EmptyText', '40 03 64 6F 63 04 01 61 A8 01', '<doc a=""></doc>'],
  ['EmptyTextWithEndElement', '40 03 64 6F 63 A9', '<doc></doc>'],
  ['DictionaryText', '40 03 64 6F 63 04 02 6E 73 AA 38 01', '<doc ns="str56"></doc>'],
  ['DictionaryTextWithEndElement', '40 04 54 79 70 65 AB C4 01', '<Type>str196</Type>'],
  ['UniqueIdText', `40 03 64 6F 63 AC ${UUID} 01`, '<doc>urn:uuid:33221100-5544-7766-8899-aabbccddeeff</doc>'],
  ['UniqueIdTextWithEndElement', `42 1A AD ${UUID}`, '<str26>urn:uuid:33221100-5544-7766-8899-aabbccddeeff</str26>'],
  ['TimeSpanText', '40 03 64 6F 63 AE 00 C4 F5 32 FF FF FF FF 01', '<doc>-PT5M44S</doc>'],
  ['TimeSpanTextWithEndElement', '42 94 07 AF 00 B0 8E F0 1B 00 00 00', '<str916>PT3H20M</str916>'],
  [
    'UuidText',
    '40 03 64 6F 63 B0 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 01',
    '<doc>03020100-0504-0706-0809-0a0b0c0d0e0f</doc>',
  ],
  [
    'UuidTextWithEndElement',
    '40 02 49 44 B1 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F',
    '<ID>03020100-0504-0706-0809-0a0b0c0d0e0f</ID>',
  ],
  ['UInt64Text', '40 03 64 6F 63 B2 FF FF FF FF FF FF FF FF 01', '<doc>18446744073709551615</doc>'],
  ['UInt64TextWithEndElement', '42 9A 01 B3 FE FF FF FF FF FF FF FF', '<str154>18446744073709551614</str154>'],
  ['BoolText', '40 03 64 6F 63 B4 01 01', '<doc>true</doc>'],
  [
    'BoolTextWithEndElement',
    '03 40 03 61 72 72 01 B5 05 01 00 01 00 01',
    '<arr>true</arr><arr>false</arr><arr>true</arr><arr>false</arr><arr>true</arr>',
  ],
  ['UnicodeChars8Text', '40 03 64 6F 63 04 01 75 B6 06 75 00 6E 00 69 00 01', '<doc u="uni"></doc>'],
  ['UnicodeChars8TextWithEndElement', '40 01 55 B7 06 75 00 6E 00 69 00', '<U>uni</U>'],
  ['UnicodeChars16Text', '40 03 64 6F 63 04 03 75 31 36 B8 08 00 75 00 6E 00 69 00 32 00 01', '<doc u16="uni2"></doc>'],
  ['UnicodeChars16TextWithEndElement', '40 03 55 31 36 B9 08 00 75 00 6E 00 69 00 32 00', '<U16>uni2</U16>'],
  ['UnicodeChars32Text', '40 03 64 6F 63 04 03 75 33 32 BA 04 00 00 00 33 00 32 00 01', '<doc u32="32"></doc>'],
  ['UnicodeChars32TextWithEndElement', '40 03 55 33 32 BB 04 00 00 00 33 00 32 00', '<U32>32</U32>'],
  ['QNameDictionaryText', '40 03 64 6F 63 06 F0 06 BC 08 8E 07 01', '<doc str880="i:str910"></doc>'],
  ['QNameDictionaryTextWithEndElement', '40 04 54 79 70 65 BD 12 90 07', '<Type>s:str912</Type>'],
];
/** Examples whose length field is wider than needed: we write the narrow one. */
const WIDE = /^(Chars|Bytes|UnicodeChars)(16|32)/;

describe('the examples of [MC-NBFX] section 3', () => {
  it.each(EXAMPLES)('%s is read', (_record, bytes, xml) => {
    expect(xmlText(recordsOf(bytesOf(bytes)))).toBe(xml);
  });

  it.each(EXAMPLES)('%s is written', (record, bytes, xml) => {
    const writer = new ByteWriter(1);
    for (const one of recordsOf(bytesOf(bytes))) writeRecord(one, writer);
    const written = writer.done();
    if (WIDE.test(record)) expect(xmlText(recordsOf(written))).toBe(xml);
    else expect(Buffer.from(written).toString('hex')).toBe(Buffer.from(bytesOf(bytes)).toString('hex'));
  });

  it.each([
    [0x7f, '7f'],
    [0x3fff, 'ff7f'],
    [0x1fffff, 'ffff7f'],
    [0xfffffff, 'ffffff7f'],
    [268_435_456, '8080808001'],
    [0x7fffffff, 'ffffffff07'],
  ])('the integer %i takes the bytes %s (section 2.1.2)', (value, hex) => {
    const writer = new ByteWriter();
    writer.int31(value);
    expect(Buffer.from(writer.done()).toString('hex')).toBe(hex);
    expect(new ByteReader(Buffer.from(hex, 'hex')).int31()).toBe(value);
  });
});
