import { decodeDocument, encodeDocument, type XmlElement } from '@adjoin/sync-service';
import { describe, expect, it } from 'vitest';
import { differences, peerDocument, withTexts, type PeerElement } from './peer-document.js';

const NAMESPACE = 'urn:test';

function leaf(name: string, text: XmlElement['children'][number]): XmlElement {
  return { prefix: 'x', name, namespace: NAMESPACE, declarations: [], attributes: [], children: [text] };
}

const MESSAGE: XmlElement = {
  ...{ prefix: 'x', name: 'message', namespace: NAMESPACE },
  declarations: [
    { prefix: 'x', namespace: NAMESPACE },
    { prefix: 'i', namespace: 'urn:other' },
  ],
  attributes: [{ prefix: 'i', name: 'must', namespace: 'urn:other', value: { kind: 'one' } }],
  children: [
    leaf('name', { text: { kind: 'chars', value: 'Jürgen <&>' } }),
    leaf('flag', { text: { kind: 'true' } }),
    leaf('bytes', { text: { kind: 'bytes', value: Uint8Array.from([1, 2, 3, 4]) } }),
    leaf('id', { text: { kind: 'uniqueid', value: '33221100-5544-7766-8899-aabbccddeeff' } }),
    leaf('empty', { text: { kind: 'empty' } }),
  ],
};
const expected = peerDocument(MESSAGE, 'kind');
const changed = (change: (element: PeerElement) => PeerElement): readonly string[] =>
  differences(expected, change(expected));

describe('the comparison with documents of other decoders', () => {
  it('finds no difference between a document and what its bytes are read as', () => {
    for (const precision of ['kind', 'class', 'characters'] as const)
      expect(
        differences(peerDocument(MESSAGE, precision), peerDocument(decodeDocument(encodeDocument(MESSAGE)), precision)),
      ).toEqual([]);
  });

  it('does not mind parts of text, empty text and the order of declarations and keys', () => {
    const parts = [
      { v: 'Jürgen', t: 'chars' },
      { v: ' <&>', t: 'chars' },
    ];
    const found = changed((element) => ({
      ...element,
      d: element.d.toReversed(),
      c: element.c.map((child) => {
        if (!('n' in child)) return child;
        if (child.n === 'name') return { ...child, c: parts };
        return child.n === 'empty' ? { ...child, c: [] } : child;
      }),
    }));
    expect(found).toEqual([]);
  });

  it.each<[string, (element: PeerElement) => PeerElement]>([
    ['a name', (element) => ({ ...element, n: 'massage' })],
    ['a namespace', (element) => ({ ...element, u: 'urn:tests' })],
    ['a prefix', (element) => ({ ...element, p: 'y' })],
    ['a declaration', (element) => ({ ...element, d: [] })],
    ['an attribute', (element) => ({ ...element, a: [] })],
    ['the type of an attribute', (element) => ({ ...element, a: element.a.map((one) => ({ ...one, t: 'true' })) })],
    ['a missing child', (element) => ({ ...element, c: element.c.slice(1) })],
    ['the order of children', (element) => ({ ...element, c: element.c.toReversed() })],
    ['a text', (element) => withTexts(element, (text) => text.replace('ü', 'u'))],
    ['a byte', (element) => withTexts(element, (text) => text.replace('AQID', 'AQIE'))],
  ])('finds %s', (_what, change) => {
    expect(changed(change)).not.toEqual([]);
  });

  it('tells types as exactly as it is asked to', () => {
    const types = (precision: 'kind' | 'class' | 'characters'): readonly string[] =>
      peerDocument(MESSAGE, precision).c.flatMap((child) =>
        'n' in child ? child.c.map((one) => ('t' in one ? one.t : '')) : [],
      );
    expect(types('kind')).toEqual(['chars', 'true', 'bytes', 'uniqueid', 'empty']);
    expect(types('class')).toEqual(['text', 'boolean', 'bytes', 'uuid', 'text']);
    expect(new Set(types('characters'))).toEqual(new Set(['characters']));
  });
});
