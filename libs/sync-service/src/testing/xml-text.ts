import { ByteReader } from '../nbfx/byte-reader.js';
import { readRecord, type NbfxRecord } from '../nbfx/records/record.js';
import { characters } from '../nbfx/text/text-record.js';
import type { NbfxString } from '../nbfx/text/text-value.js';

/** All records of the bytes. */
export function recordsOf(bytes: Uint8Array): NbfxRecord[] {
  const reader = new ByteReader(bytes);
  const records: NbfxRecord[] = [];
  while (!reader.atEnd) records.push(readRecord(reader));
  return records;
}

/** The characters a sequence of records stands for, as [MC-NBFX] section 3 shows them. */
export function xmlText(records: readonly NbfxRecord[], resolve = (id: number): string => `str${id}`): string {
  const open: string[] = [];
  let text = '';
  let inTag = false;
  const name = (value: NbfxString): string => (typeof value === 'string' ? value : resolve(value.dictionary));
  const full = (prefix: string, value: NbfxString): string =>
    prefix === '' ? name(value) : `${prefix}:${name(value)}`;
  const close = (): void => {
    if (inTag) text += '>';
    inTag = false;
  };
  const add = (record: NbfxRecord): void => {
    switch (record.kind) {
      case 'element':
        close();
        open.push(full(record.prefix, record.name));
        text += `<${open.at(-1)}`;
        inTag = true;
        return;
      case 'attribute':
        text += ` ${full(record.prefix, record.name)}="${characters(record.value, resolve)}"`;
        return;
      case 'xmlns':
        text += ` xmlns${record.prefix === '' ? '' : `:${record.prefix}`}="${name(record.value)}"`;
        return;
      case 'text':
        close();
        text += characters(record.value, resolve);
        if (record.end) add({ kind: 'end' });
        return;
      case 'comment':
        close();
        text += `<!--${record.text}-->`;
        return;
      case 'array':
        for (const value of record.values) {
          add(record.element);
          record.attributes.forEach(add);
          add({ kind: 'text', value, end: true });
        }
        return;
      case 'end':
        close();
        text += `</${open.pop()}>`;
    }
  };
  records.forEach(add);
  return text;
}
