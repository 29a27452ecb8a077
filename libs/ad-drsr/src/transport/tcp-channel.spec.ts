import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openTcpChannel } from './tcp-channel.js';

const servers: Server[] = [];
const listen = async (handle: (socket: Socket) => void): Promise<number> => {
  const server = createServer(handle);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};
const open = (port: number): ReturnType<typeof openTcpChannel> =>
  openTcpChannel('127.0.0.1', port, new AbortController().signal);

describe('a TCP channel', () => {
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  it('carries bytes both ways until the server closes', async () => {
    const port = await listen((socket) => socket.on('data', (bytes) => socket.end(bytes)));
    const channel = await open(port);
    channel.write(Buffer.from('abc'));
    expect(await channel.read()).toEqual(Buffer.from('abc'));
    expect(await channel.read()).toBeUndefined();
    channel.close();
  });

  it('has a code for a port where nobody listens', async () => {
    const port = await listen(() => undefined);
    const [server] = servers.splice(0);
    server?.close();
    if (server !== undefined) await once(server, 'close');
    await expect(open(port)).rejects.toMatchObject({ code: 'ADJ-PHS-7001' });
  });

  it('has a code for a connection that is reset, for reading and for writing afterwards', async () => {
    const port = await listen((socket) => socket.on('data', () => socket.resetAndDestroy()));
    const channel = await open(port);
    channel.write(Buffer.from('x'));
    await expect(channel.read()).rejects.toMatchObject({ code: 'ADJ-PHS-7006' });
    expect(() => channel.write(Buffer.from('x'))).toThrow(expect.objectContaining({ code: 'ADJ-PHS-7006' }) as Error);
  });

  it('ends a pending read when it is closed', async () => {
    const channel = await open(await listen(() => undefined));
    const reading = channel.read().catch((error: unknown) => error);
    channel.close();
    expect(await reading).toMatchObject({ code: 'ADJ-PHS-7006' });
  });

  it('is not opened when it is called off', async () => {
    const port = await listen(() => undefined);
    await expect(openTcpChannel('127.0.0.1', port, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
  });
});
