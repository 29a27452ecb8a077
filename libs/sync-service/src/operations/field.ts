import { SyncError } from '@adjoin/contracts';
import { attribute, element, type Namespace, type XmlElement } from '../nbfx/xml.js';
import type { TextValue } from '../nbfx/text/text-value.js';
import { attributeText, elementsOf, textOf } from '../nbfx/xml-read.js';
import { XSI } from '../soap/namespaces.js';

/** An element with a value, or `i:nil` when there is none. The prefix `i` must be declared around it. */
export function optional(namespace: Namespace, name: string, value: string | TextValue | undefined): XmlElement {
  return value === undefined
    ? element(namespace, name, [], { attributes: [attribute(XSI, 'nil', { kind: 'true' })] })
    : element(namespace, name, [value]);
}

export const bool = (value: boolean): TextValue => ({ kind: value ? 'true' : 'false' });
export const isNil = (node: XmlElement): boolean => /^(true|1)$/.test(attributeText(node, XSI.uri, 'nil') ?? '');

/** Reads the fields of an element by name; namespaces of answers differ between versions of the service and do not matter. */
export class Fields {
  readonly #node: XmlElement;

  constructor(node: XmlElement) {
    this.#node = node;
  }

  node(name: string): XmlElement | undefined {
    return elementsOf(this.#node).find((child) => child.name === name);
  }
  nodes(name: string): readonly XmlElement[] {
    return elementsOf(this.#node).filter((child) => child.name === name);
  }

  /** Text of a field; undefined when it is missing, nil or empty. */
  text(name: string): string | undefined {
    const found = this.node(name);
    if (found === undefined || isNil(found)) return undefined;
    const text = textOf(found);
    return text === '' ? undefined : text;
  }

  required(name: string): string {
    const found = this.node(name);
    if (found === undefined || isNil(found))
      throw new SyncError('ADJ-EXP-3102', `The message has no ${name} in ${this.#node.name}.`);
    return textOf(found);
  }

  /** @throws ADJ-EXP-3102 when the text is not a Boolean */
  boolean(name: string): boolean | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (/^(true|1)$/i.test(text)) return true;
    if (/^(false|0)$/i.test(text)) return false;
    throw new SyncError('ADJ-EXP-3102', `${name} in ${this.#node.name} is not a Boolean.`);
  }

  /** @throws ADJ-EXP-3102 when the text is not an integer */
  integer(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (!/^[+-]?\d{1,15}$/.test(text))
      throw new SyncError('ADJ-EXP-3102', `${name} in ${this.#node.name} is not a number.`);
    return Number(text);
  }

  within(name: string): Fields | undefined {
    const found = this.node(name);
    return found === undefined || isNil(found) ? undefined : new Fields(found);
  }
}

/** The result inside `<operation>Response`. @throws ADJ-EXP-3102 */
export function resultOf(operation: string, response: XmlElement): XmlElement {
  const result = elementsOf(response).find((child) => child.name === `${operation}Result`);
  if (response.name !== `${operation}Response` || result === undefined)
    throw new SyncError('ADJ-EXP-3102', `The answer to ${operation} has the form of ${response.name}.`);
  return result;
}
