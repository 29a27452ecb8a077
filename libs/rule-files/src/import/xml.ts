import { DOMParser, onErrorStopParsing, ParseError, type Element } from '@xmldom/xmldom';

/** A part of an XML document; names are compared without case, hyphens and name-space prefix. */
export class XmlElement {
  readonly #element: Element;

  constructor(element: Element) {
    this.#element = element;
  }

  get name(): string {
    return plainName(this.#element.localName ?? this.#element.nodeName);
  }

  /** The name as it is written. */
  get written(): string {
    return this.#element.nodeName;
  }

  get line(): number | null {
    return this.#element.lineNumber ?? null;
  }

  get children(): readonly XmlElement[] {
    const found: XmlElement[] = [];
    for (let node = this.#element.firstChild; node !== null; node = node.nextSibling) {
      if (node.nodeType === 1) found.push(new XmlElement(node as Element));
    }
    return found;
  }

  /** Names of attributes, without name-space declarations. */
  get attributeNames(): readonly string[] {
    return [...this.#element.attributes].map(({ name }) => name).filter((name) => !name.startsWith('xmlns'));
  }

  /** Text outside of child elements, without white space around it. */
  get text(): string {
    let text = '';
    for (let node = this.#element.firstChild; node !== null; node = node.nextSibling) {
      if (node.nodeType === 3 || node.nodeType === 4) text += node.nodeValue ?? '';
    }
    return text.trim();
  }

  attribute(name: string): string {
    const found = [...this.#element.attributes].find((one) => plainName(one.name) === plainName(name));
    return found?.value ?? '';
  }

  /** The first child with one of these names. */
  child(...names: readonly string[]): XmlElement | undefined {
    return this.children.find((one) => names.includes(one.name));
  }

  childText(...names: readonly string[]): string {
    return this.child(...names)?.text ?? '';
  }

  /** Every element below with one of these names, without looking inside a found one. */
  descendants(...names: readonly string[]): readonly XmlElement[] {
    return this.children.flatMap((one) => (names.includes(one.name) ? [one] : one.descendants(...names)));
  }
}

const plainName = (name: string): string => name.replace(/^.*:/, '').replaceAll('-', '').toLowerCase();

export type XmlRead =
  | { readonly ok: true; readonly root: XmlElement }
  | { readonly ok: false; readonly line: number | null; readonly message: string };

/** Reads a document. Entities of a DTD are not resolved: a document with one is refused. */
export function readXml(text: string): XmlRead {
  if (/<!DOCTYPE/i.test(text)) return { ok: false, line: null, message: 'A document type declaration is not read.' };
  try {
    const parser = new DOMParser({ onError: onErrorStopParsing, locator: true });
    const { documentElement } = parser.parseFromString(text.replace(/^\uFEFF/, ''), 'text/xml');
    if (documentElement === null) return { ok: false, line: null, message: 'The file has no element.' };
    return { ok: true, root: new XmlElement(documentElement) };
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    const { lineNumber } = (cause.locator ?? {}) as { lineNumber?: number };
    return {
      ok: false,
      line: lineNumber ?? null,
      message: `Not readable as XML: ${cause.message.split('\n')[0] ?? ''}`,
    };
  }
}
