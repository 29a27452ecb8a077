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

  get column(): number | null {
    return this.#element.columnNumber ?? null;
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
    const found: XmlElement[] = [];
    // A stack instead of recursion: nobody bounds the depth of a document.
    const due = [...this.children].reverse();
    for (let one = due.pop(); one !== undefined; one = due.pop()) {
      if (names.includes(one.name)) found.push(one);
      else due.push(...[...one.children].reverse());
    }
    return found;
  }
}

const plainName = (name: string): string => name.replace(/^.*:/, '').replaceAll('-', '').toLowerCase();

export type XmlRead =
  | { readonly ok: true; readonly root: XmlElement }
  | { readonly ok: false; readonly line: number; readonly column: number; readonly message: string };

const MESSAGE_LENGTH = 200;

/** Reads a document. Nothing outside of the text is read: a document with a document type, which may declare entities, is refused. */
export function readXml(text: string): XmlRead {
  const plain = text.replace(/^\uFEFF/, '');
  const type = /<!DOCTYPE/i.exec(plain);
  if (type !== null)
    return { ok: false, ...placeOf(plain, type.index), message: 'A document type declaration is not read.' };
  try {
    const parser = new DOMParser({ onError: onErrorStopParsing, locator: true });
    const { documentElement } = parser.parseFromString(plain, 'text/xml');
    if (documentElement === null) return { ok: false, line: 1, column: 1, message: 'The file has no element.' };
    return { ok: true, root: new XmlElement(documentElement) };
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    const { lineNumber, columnNumber } = (cause.locator ?? {}) as { lineNumber?: number; columnNumber?: number };
    const reason = (cause.message.split('\n')[0] ?? '').slice(0, MESSAGE_LENGTH);
    return { ok: false, line: lineNumber || 1, column: columnNumber || 1, message: `Not readable as XML: ${reason}.` };
  }
}

function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
