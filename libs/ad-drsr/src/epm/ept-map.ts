import { malformed } from '../drs-error.js';
import { NULL_GUID } from '../names/guid.js';
import { NdrReader } from '../ndr/ndr-reader.js';
import { NdrWriter } from '../ndr/ndr-writer.js';

/** ept_map (DCE 1.1 RPC appendix O, [MS-RPCE] 2.2.1.2.5). */
export const EPT_MAP = 3;
/** ept_s_not_registered: nobody offers the interface. */
export const NOT_REGISTERED = 0x16c9a0d6;
const ENTRY_HANDLE = 20;

export interface EptMapRequest {
  readonly tower: Buffer;
  readonly maxTowers: number;
}

/** object *UUID · map_tower *twr_t {max_count, tower_length u32, octets} · entry_handle u8[20] · max_towers u32 */
export function encodeEptMapRequest(request: EptMapRequest): Buffer {
  const writer = new NdrWriter().pointer(true).guid(NULL_GUID).pointer(true);
  writer.u32(request.tower.length).u32(request.tower.length).bytes(request.tower).align(4);
  return writer.bytes(Buffer.alloc(ENTRY_HANDLE)).u32(request.maxTowers).done();
}

export function decodeEptMapRequest(stub: Buffer): EptMapRequest {
  const reader = new NdrReader(stub);
  if (reader.pointer()) reader.guid();
  const tower = reader.pointer() ? readTower(reader) : Buffer.alloc(0);
  reader.align(4);
  reader.skip(ENTRY_HANDLE);
  return { tower, maxTowers: reader.u32() };
}

export interface EptMapReply {
  readonly towers: readonly Buffer[];
  readonly status: number;
}

/** entry_handle u8[20] · num_towers u32 · towers: max_count, offset, actual_count, *twr_t[] · status u32 */
export function encodeEptMapReply(reply: EptMapReply): Buffer {
  const count = reply.towers.length;
  const writer = new NdrWriter().bytes(Buffer.alloc(ENTRY_HANDLE)).u32(count).u32(count).u32(0).u32(count);
  for (const _ of reply.towers) writer.pointer(true);
  for (const tower of reply.towers) writer.u32(tower.length).u32(tower.length).bytes(tower).align(4);
  return writer.u32(reply.status).done();
}

export function decodeEptMapReply(stub: Buffer): EptMapReply {
  const reader = new NdrReader(stub);
  reader.skip(ENTRY_HANDLE);
  reader.u32();
  reader.u32();
  if (reader.u32() !== 0) throw malformed('a list of towers does not begin at its start');
  const pointers = Array.from({ length: reader.conformance(4) }, () => reader.pointer());
  const towers = pointers.filter(Boolean).map(() => readTower(reader));
  return { towers, status: reader.u32() };
}

/** twr_t: the conformance stands before the structure, the length repeats it. */
function readTower(reader: NdrReader): Buffer {
  const count = reader.u32();
  const length = reader.u32();
  if (count !== length) throw malformed('the length of a tower');
  return reader.bytes(length);
}
