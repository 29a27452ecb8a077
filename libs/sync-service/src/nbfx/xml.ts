import type { TextValue } from './text/text-value.js';

/** An XML document as a tree; the form does not say which records carry it. */
export interface XmlElement {
  readonly prefix: string;
  readonly name: string;
  readonly namespace: string;
  /** Prefixes declared here; the empty one is the default namespace. */
  readonly declarations: readonly XmlDeclaration[];
  readonly attributes: readonly XmlAttribute[];
  /** Elements and text in document order. */
  readonly children: readonly XmlNode[];
}
export interface XmlDeclaration {
  readonly prefix: string;
  readonly namespace: string;
}
export interface XmlAttribute {
  readonly prefix: string;
  readonly name: string;
  readonly namespace: string;
  readonly value: TextValue;
}
export interface XmlText {
  readonly text: TextValue;
}
export type XmlNode = XmlElement | XmlText;

export const isElement = (node: XmlNode): node is XmlElement => 'name' in node;
export const chars = (value: string): TextValue => (value === '' ? { kind: 'empty' } : { kind: 'chars', value });

/** A namespace with the prefix that elements of it are written with. */
export interface Namespace {
  readonly uri: string;
  readonly prefix: string;
}
type Content = XmlNode | TextValue | string;
interface Extras {
  readonly declare?: readonly Namespace[] | undefined;
  readonly attributes?: readonly XmlAttribute[] | undefined;
}

/** Builds an element; text content is given as text or as a typed value. */
export function element(
  namespace: Namespace,
  name: string,
  content: readonly Content[],
  extras: Extras = {},
): XmlElement {
  return {
    prefix: namespace.prefix,
    name,
    namespace: namespace.uri,
    declarations: (extras.declare ?? []).map(({ uri, prefix }) => ({ prefix, namespace: uri })),
    attributes: extras.attributes ?? [],
    children: content.map((item) =>
      typeof item === 'string' ? { text: chars(item) } : 'kind' in item ? { text: item } : item,
    ),
  };
}

export function attribute(namespace: Namespace, name: string, value: string | TextValue): XmlAttribute {
  return {
    prefix: namespace.prefix,
    name,
    namespace: namespace.uri,
    value: typeof value === 'string' ? chars(value) : value,
  };
}
