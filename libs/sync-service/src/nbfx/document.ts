import { ByteReader, malformed } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';
import type { ArrayRecord } from './records/array-record.js';
import type { AttributeRecord } from './records/attribute-record.js';
import type { ElementRecord } from './records/element-record.js';
import { readRecord, writeRecord, type NbfxRecord } from './records/record.js';
import type { XmlnsRecord } from './records/xmlns-record.js';
import { dictionaryId, dictionaryString } from './static-dictionary.js';
import { writeText } from './text/text-record.js';
import { prefixLetter } from './text/reference-text.js';
import type { NbfxString, TextValue } from './text/text-value.js';
import { isElement, type XmlAttribute, type XmlDeclaration, type XmlElement, type XmlNode } from './xml.js';

/** Messages of the service are some ten levels deep; a deeper one is an attack on the stack of whoever walks the tree. */
const MAX_DEPTH = 100;

/** Encodes a document as .NET binary XML with the static dictionary ([MC-NBFX], [MC-NBFS]). */
export function encodeDocument(root: XmlElement): Uint8Array {
  const writer = new ByteWriter(4096);
  writeTree(root, writer);
  return writer.done();
}

const shared = (text: string): NbfxString => {
  const id = dictionaryId(text);
  return id === undefined ? text : { dictionary: id };
};

function writeTree(node: XmlElement, writer: ByteWriter): void {
  writeRecord({ kind: 'element', prefix: node.prefix, name: shared(node.name) }, writer);
  for (const { prefix, name, value } of node.attributes)
    writeRecord({ kind: 'attribute', prefix, name: shared(name), value }, writer);
  for (const { prefix, namespace } of node.declarations)
    writeRecord({ kind: 'xmlns', prefix, value: shared(namespace) }, writer);
  const { children } = node;
  const last = children.length - 1;
  let ended = false;
  for (let index = 0; index <= last; index++) {
    const item = children[index];
    if (item === undefined) continue;
    if (isElement(item)) writeTree(item, writer);
    else writeText(item.text, (ended = index === last) ? 1 : 0, writer);
  }
  if (!ended) writeRecord({ kind: 'end' }, writer);
}

/** Decodes one document. Comments are left out. @throws ADJ-EXP-3102 */
export function decodeDocument(bytes: Uint8Array): XmlElement {
  const reader = new ByteReader(bytes);
  const builder = new TreeBuilder(reader);
  while (!reader.atEnd) builder.add(readRecord(reader));
  return builder.root();
}

interface Open {
  readonly element: ElementRecord;
  readonly declarations: XmlDeclaration[];
  readonly attributes: AttributeRecord[];
  readonly children: XmlNode[];
  /** Set once the attributes are complete. */
  scope: ReadonlyMap<string, string> | undefined;
}

const OUTSIDE: ReadonlyMap<string, string> = new Map([
  ['', ''],
  ['xml', 'http://www.w3.org/XML/1998/namespace'],
]);

class TreeBuilder {
  readonly #reader: ByteReader;
  readonly #open: Open[] = [];
  #root: XmlElement | undefined;

  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  root(): XmlElement {
    if (this.#open.length > 0) throw this.#bad('an element that does not end');
    if (this.#root === undefined) throw this.#bad('no element');
    return this.#root;
  }

  add(record: NbfxRecord): void {
    switch (record.kind) {
      case 'element':
        return this.#begin(record);
      case 'attribute':
        return void this.#unfinished().attributes.push(record);
      case 'xmlns':
        return this.#declare(record);
      case 'text':
        this.#top().children.push({ text: this.#resolved(record.value) });
        return record.end ? this.#end() : undefined;
      case 'array':
        return this.#expand(record);
      case 'end':
        return this.#end();
      case 'comment':
        if (this.#open.length > 0) this.#top();
    }
  }

  #begin(record: ElementRecord): void {
    if (this.#open.length > 0) this.#top();
    else if (this.#root !== undefined) throw this.#bad('a second root element');
    if (this.#open.length >= MAX_DEPTH) throw this.#bad(`more than ${MAX_DEPTH} levels of elements`);
    this.#open.push({ element: record, declarations: [], attributes: [], children: [], scope: undefined });
  }

  #declare({ prefix, value }: XmlnsRecord): void {
    const open = this.#unfinished();
    if (open.declarations.some((known) => known.prefix === prefix)) throw this.#bad('a prefix declared twice');
    open.declarations.push({ prefix, namespace: this.#string(value) });
  }

  #unfinished(): Open {
    const open = this.#open.at(-1);
    if (open === undefined || open.scope !== undefined) throw this.#bad('an attribute without its element');
    return open;
  }

  /** The innermost element, whose attributes are complete now. */
  #top(): Open & { readonly scope: ReadonlyMap<string, string> } {
    const open = this.#open.at(-1);
    if (open === undefined) throw this.#bad('content outside of an element');
    const scope = open.scope ?? this.#scopeOf(open);
    open.scope = scope;
    return open as Open & { readonly scope: ReadonlyMap<string, string> };
  }

  #scopeOf(open: Open): ReadonlyMap<string, string> {
    const outer = this.#open.at(-2)?.scope ?? OUTSIDE;
    if (open.declarations.length === 0) return outer;
    const scope = new Map(outer);
    for (const { prefix, namespace } of open.declarations) scope.set(prefix, namespace);
    return scope;
  }

  #end(): void {
    const { element, declarations, attributes, children, scope } = this.#top();
    this.#open.pop();
    const finished: XmlElement = {
      prefix: element.prefix,
      name: this.#string(element.name),
      namespace: this.#namespace(element.prefix, scope),
      declarations,
      attributes: attributes.map((record): XmlAttribute => ({
        prefix: record.prefix,
        name: this.#string(record.name),
        namespace: record.prefix === '' ? '' : this.#namespace(record.prefix, scope),
        value: this.#resolved(record.value),
      })),
      children,
    };
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = finished;
    else parent.children.push(finished);
  }

  #expand({ element, attributes, values }: ArrayRecord): void {
    for (const value of values) {
      this.#begin(element);
      for (const record of attributes) this.add(record);
      this.add({ kind: 'text', value, end: true });
    }
  }

  #namespace(prefix: string, scope: ReadonlyMap<string, string>): string {
    const namespace = scope.get(prefix);
    if (namespace === undefined) throw this.#bad(`the undeclared prefix ${JSON.stringify(prefix)}`);
    return namespace;
  }

  #resolved(value: TextValue): TextValue {
    if (value.kind === 'dictionary') return { kind: 'chars', value: this.#lookUp(value.id) };
    if (value.kind === 'qname')
      return { kind: 'chars', value: `${prefixLetter(value.prefix)}:${this.#lookUp(value.id)}` };
    if (value.kind === 'list') return { kind: 'list', items: value.items.map((item) => this.#resolved(item)) };
    return value;
  }

  #string(value: NbfxString): string {
    return typeof value === 'string' ? value : this.#lookUp(value.dictionary);
  }

  #lookUp(id: number): string {
    const text = dictionaryString(id);
    if (text === undefined) throw this.#bad(`the unknown dictionary string ${id}`);
    return text;
  }

  #bad(what: string): Error {
    return malformed(what, this.#reader.position);
  }
}
