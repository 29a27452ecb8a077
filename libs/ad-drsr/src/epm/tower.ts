import { malformed } from '../drs-error.js';
import { NDR_SYNTAX, type SyntaxId } from '../dcerpc/syntax-id.js';
import { guidBytes, guidText } from '../names/guid.js';

/** Protocol identifiers of floors (DCE 1.1 RPC appendix I). */
const UUID_FLOOR = 0x0d;
const CONNECTION_ORIENTED = 0x0b;
const TCP = 0x07;
const IP = 0x09;

/** Where an interface is offered over TCP. */
export interface TcpTower {
  readonly interface: SyntaxId;
  /** 0 in a question. */
  readonly port: number;
}

/**
 * A protocol tower of five floors (DCE 1.1 RPC appendix L, [C706] protocol_tower):
 *   floor_count u16 · {lhs_length u16, lhs, rhs_length u16, rhs}[]
 *   floors: interface uuid+version | NDR uuid+version | RPC connection-oriented | TCP port (big-endian) | IP address
 */
export function encodeTower(tower: TcpTower): Buffer {
  const port = Buffer.alloc(2);
  port.writeUInt16BE(tower.port);
  return Buffer.concat([
    Buffer.from([5, 0]),
    syntaxFloor(tower.interface),
    syntaxFloor(NDR_SYNTAX),
    floor(Buffer.from([CONNECTION_ORIENTED]), Buffer.alloc(2)),
    floor(Buffer.from([TCP]), port),
    floor(Buffer.from([IP]), Buffer.alloc(4)),
  ]);
}

/** The tower, or undefined when it is not one over TCP (named pipes, HTTP). */
export function decodeTower(bytes: Buffer): TcpTower | undefined {
  const [first, , , transport] = floors(bytes);
  if (first === undefined || transport === undefined) return undefined;
  if (first.left[0] !== UUID_FLOOR || first.left.length !== 19 || transport.left[0] !== TCP) return undefined;
  if (transport.right.length !== 2) throw malformed('a TCP floor without a port');
  const uuid = guidText(first.left.subarray(1, 17));
  return { interface: { uuid, version: first.left.readUInt16LE(17) }, port: transport.right.readUInt16BE(0) };
}

function syntaxFloor({ uuid, version }: SyntaxId): Buffer {
  const major = Buffer.alloc(2);
  major.writeUInt16LE(version & 0xffff);
  return floor(Buffer.concat([Buffer.from([UUID_FLOOR]), guidBytes(uuid), major]), Buffer.alloc(2));
}

function floor(left: Buffer, right: Buffer): Buffer {
  const length = (value: number): Buffer => Buffer.from([value & 255, value >> 8]);
  return Buffer.concat([length(left.length), left, length(right.length), right]);
}

function floors(bytes: Buffer): { readonly left: Buffer; readonly right: Buffer }[] {
  let at = 0;
  const number = (): number => {
    if (at + 2 > bytes.length) throw malformed('a tower is cut off');
    at += 2;
    return bytes.readUInt16LE(at - 2);
  };
  const part = (): Buffer => {
    const length = number();
    if (at + length > bytes.length) throw malformed('a tower is cut off');
    at += length;
    return bytes.subarray(at - length, at);
  };
  const count = number();
  if (count > 16) throw malformed('a tower of too many floors');
  return Array.from({ length: count }, () => ({ left: part(), right: part() }));
}
