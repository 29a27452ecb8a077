import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TcpProxy } from './tcp-proxy.js';

const HOST = '127.0.0.1';
let echo: Server;
let proxy: TcpProxy;
let port = 0;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const { port: found } = server.address() as AddressInfo;
  await new Promise((settle) => server.close(settle));
  return found;
}

async function open(): Promise<Socket> {
  const socket = connect(port, HOST);
  socket.on('error', () => undefined); // looked at by once
  await once(socket, 'connect');
  return socket;
}

async function said(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [data] = (await once(socket, 'data')) as [Buffer];
  return data.toString();
}

beforeEach(async () => {
  echo = createServer((socket) => {
    socket.on('error', () => undefined); // cut by the proxy
    socket.pipe(socket);
  }).listen(0, HOST);
  await once(echo, 'listening');
  port = await freePort();
  proxy = new TcpProxy({ host: HOST, port }, { host: HOST, port: (echo.address() as AddressInfo).port });
  await proxy.open();
});
afterEach(async () => {
  await proxy.close();
  echo.close();
});

describe('a proxy', () => {
  it('carries bytes both ways', async () => {
    const socket = await open();
    expect(await said(socket, 'hello')).toBe('hello');
    socket.destroy();
  });

  it('cuts connections and takes new ones', async () => {
    const socket = await open();
    await said(socket, 'one');
    const closed = new Promise((settle) => socket.once('close', settle));
    proxy.cut();
    await closed;
    const again = await open();
    expect(await said(again, 'two')).toBe('two');
    again.destroy();
  });

  it.each(['end', 'reset'] as const)('cuts at a byte: %s', async (then) => {
    const socket = await open();
    await said(socket, 'one');
    let heard = '';
    socket.on('data', (data: Buffer) => (heard += data.toString()));
    const closed = new Promise((settle) => socket.once('close', settle));
    proxy.watch = ({ from }) => (from === 'server' ? { carry: 2, then } : 'all');
    socket.write('three');
    await closed;
    // A reset may overtake what was carried.
    expect(then === 'end' ? heard : 'th').toBe('th');
    expect(proxy.connections).toBe(0);
  });

  it('falls silent at a byte', async () => {
    const socket = await open();
    await said(socket, 'one');
    proxy.watch = ({ from }) => (from === 'server' ? { carry: 2, then: 'silence' } : 'all');
    expect(await said(socket, 'three')).toBe('th');
    expect(proxy.connections).toBe(1);
    socket.destroy();
  });

  it('keeps silent and loses nothing', async () => {
    const socket = await open();
    await said(socket, 'one');
    proxy.silent = true;
    let heard = '';
    socket.on('data', (data: Buffer) => (heard += data.toString()));
    socket.write('two');
    const late = await open();
    late.write('three');
    await new Promise((settle) => setTimeout(settle, 50));
    expect(heard).toBe('');
    const answers = [once(socket, 'data'), once(late, 'data')];
    proxy.silent = false;
    await Promise.all(answers);
    expect(heard).toBe('two');
    socket.destroy();
    late.destroy();
  });

  it('refuses connections while it is closed', async () => {
    await proxy.close();
    await expect(open()).rejects.toThrow(/ECONNREFUSED/);
    await proxy.open();
    const socket = await open();
    expect(await said(socket, 'again')).toBe('again');
    socket.destroy();
  });
});
