import { readFile } from 'node:fs/promises';
import { inflateRawSync } from 'node:zlib';

const END_OF_CENTRAL_DIRECTORY = 0x06054b50;
const DEFLATE = 8;

/**
 * Reads one file out of a ZIP archive (APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.16; no ZIP64, no encryption).
 * Returns undefined when no entry has that ending.
 */
export async function readZipEntry(archive: string, ending: string): Promise<Buffer | undefined> {
  const bytes = await readFile(archive);
  let end = bytes.length - 22;
  while (end >= 0 && bytes.readUInt32LE(end) !== END_OF_CENTRAL_DIRECTORY) end -= 1;
  if (end < 0) return undefined;
  const entries = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  for (let index = 0; index < entries; index += 1) {
    const nameLength = bytes.readUInt16LE(at + 28);
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    if (name.endsWith(ending)) return content(bytes, at);
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return undefined;
}

function content(bytes: Buffer, centralHeader: number): Buffer {
  const method = bytes.readUInt16LE(centralHeader + 10);
  const size = bytes.readUInt32LE(centralHeader + 20);
  const local = bytes.readUInt32LE(centralHeader + 42);
  const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const packed = bytes.subarray(start, start + size);
  return method === DEFLATE ? inflateRawSync(packed) : packed;
}
