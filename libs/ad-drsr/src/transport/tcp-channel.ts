import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { SyncError } from '@adjoin/contracts';
import type { ByteChannel } from './byte-channel.js';

/** Opens a TCP connection; the only place of this package that touches a socket. */
export async function openTcpChannel(host: string, port: number, signal: AbortSignal): Promise<ByteChannel> {
  const socket = connect({ host, port, noDelay: true, keepAlive: true });
  const abort = (): unknown => socket.destroy();
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    await once(socket, 'connect', { signal });
    return new TcpChannel(socket, `${host}:${String(port)}`);
  } catch (cause) {
    socket.destroy();
    signal.throwIfAborted();
    throw new SyncError('ADJ-PHS-7001', `No connection to ${host}:${String(port)}: ${reasonOf(cause)}.`, { cause });
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

class TcpChannel implements ByteChannel {
  readonly #socket: Socket;
  readonly #where: string;
  readonly #chunks: AsyncIterator<Buffer>;
  #lost: unknown;

  constructor(socket: Socket, where: string) {
    this.#socket = socket;
    this.#where = where;
    // Without a listener an error between two reads would end the process.
    socket.on('error', (cause) => (this.#lost ??= cause));
    this.#chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  write(bytes: Buffer): void {
    if (this.#lost !== undefined) throw this.#connectionLost(this.#lost);
    this.#socket.write(bytes);
  }

  async read(): Promise<Buffer | undefined> {
    try {
      const next = await this.#chunks.next();
      return next.done === true ? undefined : next.value;
    } catch (cause) {
      throw this.#connectionLost(cause);
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  #connectionLost(cause: unknown): SyncError {
    return new SyncError('ADJ-PHS-7006', `The connection to ${this.#where} was lost: ${reasonOf(cause)}.`, { cause });
  }
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  return code ?? (cause instanceof Error ? cause.message : String(cause));
}
