import { SyncError } from '@adjoin/contracts';
import { characters } from './text/text-record.js';
import type { TextValue } from './text/text-value.js';
import { isElement, type Namespace, type XmlElement } from './xml.js';

/** Text of decoded documents has no dictionary references any more. */
const unresolved = (id: number): string => {
  throw new SyncError('ADJ-EXP-3102', `The dictionary string ${id} is not resolved.`);
};
export const textOfValue = (value: TextValue): string => characters(value, unresolved);

/** All characters directly inside an element. */
export function textOf(element: XmlElement): string {
  let text = '';
  for (const child of element.children) if (!isElement(child)) text += textOfValue(child.text);
  return text;
}

export const elementsOf = (element: XmlElement): readonly XmlElement[] => element.children.filter(isElement);

/** The child elements of this name. */
export function childrenNamed(element: XmlElement, namespace: Namespace | string, name: string): readonly XmlElement[] {
  const uri = typeof namespace === 'string' ? namespace : namespace.uri;
  return elementsOf(element).filter((child) => child.name === name && child.namespace === uri);
}

/** The first child element of this name. */
export function childNamed(element: XmlElement, namespace: Namespace | string, name: string): XmlElement | undefined {
  return childrenNamed(element, namespace, name)[0];
}

/** The first child element of this name. @throws ADJ-EXP-3102 */
export function requiredChild(element: XmlElement, namespace: Namespace | string, name: string): XmlElement {
  const child = childNamed(element, namespace, name);
  if (child === undefined) throw new SyncError('ADJ-EXP-3102', `The message has no ${name} in ${element.name}.`);
  return child;
}

export function attributeText(element: XmlElement, namespace: string, name: string): string | undefined {
  const found = element.attributes.find((one) => one.name === name && one.namespace === namespace);
  return found === undefined ? undefined : textOfValue(found.value);
}

/** Bytes of a base64Binary element, however they were carried. @throws ADJ-EXP-3102 */
export function bytesOf(element: XmlElement): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const child of element.children) {
    if (isElement(child)) throw new SyncError('ADJ-EXP-3102', `${element.name} holds elements instead of base64.`);
    if (child.text.kind === 'bytes') parts.push(child.text.value);
    else parts.push(fromBase64(textOfValue(child.text), element.name));
  }
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Uint8Array.from(Buffer.concat(parts));
}

function fromBase64(text: string, name: string): Uint8Array {
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text)) throw new SyncError('ADJ-EXP-3102', `${name} is not base64.`);
  return Uint8Array.from(Buffer.from(text, 'base64'));
}
