import { SyncError } from '@adjoin/contracts';
import { RpcConnection } from '../dcerpc/rpc-connection.js';
import { DRSUAPI_INTERFACE, EPM_INTERFACE } from '../dcerpc/syntax-id.js';
import type { ByteChannel } from '../transport/byte-channel.js';
import { decodeEptMapReply, encodeEptMapRequest, EPT_MAP, NOT_REGISTERED } from './ept-map.js';
import { decodeTower, encodeTower } from './tower.js';

/** Port of the endpoint mapper. */
export const EPM_PORT = 135;

/** Asks the endpoint mapper behind `channel` for the TCP port of drsuapi; closes the channel. */
export async function findDrsuapiPort(
  channel: ByteChannel,
  server: string,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const rpc = await RpcConnection.open(channel, { interface: EPM_INTERFACE, server, timeout, signal });
  try {
    const tower = encodeTower({ interface: DRSUAPI_INTERFACE, port: 0 });
    const reply = decodeEptMapReply(await rpc.call(EPT_MAP, encodeEptMapRequest({ tower, maxTowers: 4 }), signal));
    if (reply.status !== 0 && reply.status !== NOT_REGISTERED) {
      throw new SyncError('ADJ-PHS-7011', `The endpoint mapper of ${server} failed (0x${reply.status.toString(16)}).`);
    }
    const found = reply.towers.map(decodeTower).find((offer) => offer?.interface.uuid === DRSUAPI_INTERFACE.uuid);
    if (found === undefined || found.port === 0) {
      throw new SyncError('ADJ-PHS-7013', `${server} offers no directory replication over TCP.`);
    }
    return found.port;
  } finally {
    rpc.close();
  }
}
