import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { BerReader, BerWriter } from 'ldapts';
import { afterEach, describe, expect, it } from 'vitest';
import { LdapConnection } from './ldap-connection.js';
import type { RawEntry } from './raw-entry.js';

/** Answers bind with success and each search by `search`. */
type SearchAnswer = (socket: Socket, id: number) => void;
let server: Server | undefined;
let connection: LdapConnection | undefined;
afterEach(async () => {
  await connection?.close();
  server?.close();
});

async function open(search: SearchAnswer, answerTimeoutMs = 5_000): Promise<LdapConnection> {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data: Buffer) => {
      const reader = new BerReader(data);
      reader.readSequence();
      const id = reader.readInt() ?? 0;
      const operation = reader.peek();
      if (operation === 0x60) socket.write(result(id, 0x61, 0));
      else if (operation === 0x63) search(socket, id);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  connection = await LdapConnection.open({
    url: `ldap://127.0.0.1:${String(port)}`,
    bindDn: 'cn=a',
    password: () => 'x',
    answerTimeoutMs,
  });
  return connection;
}

function result(id: number, operation: number, status: number): Buffer {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeInt(id);
  writer.startSequence(operation);
  writer.writeEnumeration(status);
  writer.writeString('');
  writer.writeString('some text');
  writer.endSequence();
  writer.endSequence();
  return writer.buffer;
}

function entry(id: number, dn: string, attributes: Readonly<Record<string, readonly Buffer[]>>): Buffer {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeInt(id);
  writer.startSequence(0x64);
  writer.writeString(dn);
  writer.startSequence();
  for (const [name, values] of Object.entries(attributes)) {
    writer.startSequence();
    writer.writeString(name);
    writer.startSequence(0x31);
    for (const value of values) writer.writeBuffer(value, 4);
    writer.endSequence();
    writer.endSequence();
  }
  writer.endSequence();
  writer.endSequence();
  writer.endSequence();
  return writer.buffer;
}

describe('LdapConnection', () => {
  it('tells a cleared attribute from one that did not come, and keeps bytes as bytes', async () => {
    const ldap = await open((socket, id) => {
      socket.write(
        Buffer.concat([
          entry(id, 'CN=a', {
            mail: [],
            objectGUID: [Buffer.from('plain-ascii-guid')],
            'member;range=0-1': [Buffer.from('x')],
          }),
          result(id, 0x65, 0),
        ]),
      );
    });
    const [found] = await ldap.read({ base: 'DC=x', attributes: ['mail', 'title'] });
    expect(found?.attributes.map(({ name, option, values }) => [name, option, values.length])).toEqual([
      ['mail', undefined, 0],
      ['objectGUID', undefined, 1],
      ['member', 'range=0-1', 1],
    ]);
    expect(found?.attributes[1]?.values[0]).toBeInstanceOf(Buffer);
  });

  it('stops the server when the caller is slower', async () => {
    const total = 3_000;
    const value = Buffer.alloc(10_000, 'v');
    let sent = 0;
    const ldap = await open((socket, id) => {
      const send = (): void => {
        while (sent < total) {
          sent += 1;
          if (!socket.write(entry(id, `CN=${String(sent)}`, { v: [value] }))) {
            socket.once('drain', send);
            return;
          }
        }
        socket.write(result(id, 0x65, 0));
      };
      send();
    });
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let taken = 0;
    const done = ldap.search({ base: 'DC=x' }, async () => {
      taken += 1;
      if (taken === 1) await gate;
    });
    for (let before = -1; before !== sent; await new Promise((resolve) => setTimeout(resolve, 100))) before = sent;
    const sentWhileBlocked = sent;
    release();
    await expect(done).resolves.toMatchObject({ entries: total });
    expect(sentWhileBlocked).toBeLessThan(total);
  });

  it('gives the error of the caller back and ends the connection', async () => {
    const ldap = await open(
      (socket, id) => void socket.write(Buffer.concat([entry(id, 'CN=a', {}), result(id, 0x65, 0)])),
    );
    const fail = (_entry: RawEntry): void => {
      throw new Error('no room');
    };
    await expect(ldap.search({ base: 'DC=x' }, fail)).rejects.toThrow('no room');
    expect(ldap.isOpen).toBe(false);
  });

  it.each([
    [50, 'ADJ-IMP-1004'],
    [12, 'ADJ-IMP-1011'],
    [8, 'ADJ-IMP-1006'],
    [32, 'ADJ-IMP-1013'],
    [3, 'ADJ-IMP-1010'],
  ])('names result code %i as %s', async (status, code) => {
    const ldap = await open((socket, id) => void socket.write(result(id, 0x65, status)));
    await expect(ldap.read({ base: 'DC=x' })).rejects.toMatchObject({ code });
  });

  it('gives up on a server that does not answer', async () => {
    const ldap = await open(() => undefined, 20);
    await expect(ldap.read({ base: 'DC=x' })).rejects.toMatchObject({ code: 'ADJ-IMP-1001' });
  });

  it('fails when the server hangs up before the end', async () => {
    const ldap = await open((socket, id) => {
      socket.write(entry(id, 'CN=a', {}));
      socket.end();
    });
    await expect(ldap.read({ base: 'DC=x' })).rejects.toMatchObject({ code: 'ADJ-IMP-1001' });
  });

  it('does not take an unreachable server for anything else', async () => {
    const opening = LdapConnection.open({ url: 'ldap://127.0.0.1:1', bindDn: 'cn=a', password: () => 'secret' });
    await expect(opening).rejects.toMatchObject({ code: 'ADJ-IMP-1001' });
    await expect(opening).rejects.not.toThrow('secret');
  });
});
