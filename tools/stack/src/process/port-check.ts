import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { StackError } from '../stack-error.js';

/** Whether something accepts TCP connections there. */
export function accepts(port: number, host = '127.0.0.1', timeoutMs = 1000): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect({ port, host, timeout: timeoutMs });
    const end = (result: boolean): void => {
      socket.destroy();
      settle(result);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

/** Asks the system for a port that nobody uses now. */
export function freePort(host = '127.0.0.1'): Promise<number> {
  return new Promise((settle, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, host, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => settle(port));
    });
  });
}

/** Fails with a code when a port cannot be bound, and names the process that holds it if that can be seen. */
export async function requireFreePort(
  port: number,
  options: { readonly host?: string; readonly service: string },
): Promise<void> {
  const host = options.host ?? '127.0.0.1';
  const failure = await bindFailure(port, host);
  if (failure === undefined) return;
  if (failure === 'EACCES') {
    throw new StackError(
      'ADJ-STK-1001',
      `${options.service} needs port ${host}:${port}, which only root may open. Run as root, or use docker compose.`,
    );
  }
  const owner = portOwner(port);
  const holder = owner === undefined ? 'another process' : `process ${owner.pid} (${owner.command})`;
  throw new StackError(
    'ADJ-STK-2001',
    `${options.service} needs port ${host}:${port}, but ${holder} holds it. Stop that process or choose another port.`,
  );
}

function bindFailure(port: number, host: string): Promise<string | undefined> {
  return new Promise((settle) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => settle(error.code ?? 'EADDRINUSE'));
    server.listen({ port, host, exclusive: true }, () => server.close(() => settle(undefined)));
  });
}

/** Finds the process that listens on a TCP port by its socket inode, see proc(5); undefined when it is not visible. */
export function portOwner(port: number): { readonly pid: number; readonly command: string } | undefined {
  const inodes = listeningInodes(port);
  if (inodes.size === 0) return undefined;
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    if (holdsSocket(entry, inodes)) {
      const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0').filter(Boolean).slice(0, 3).join(' ');
      return { pid: Number(entry), command };
    }
  }
  return undefined;
}

const LISTEN = '0A';

function listeningInodes(port: number): Set<string> {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  const found = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    let text: string;
    try {
      text = readFileSync(table, 'utf8');
    } catch {
      continue; // no IPv6
    }
    for (const line of text.split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      const inode = fields[9];
      if (fields[3] === LISTEN && fields[1]?.endsWith(`:${hexPort}`) === true && inode !== undefined) found.add(inode);
    }
  }
  return found;
}

function holdsSocket(pid: string, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      return inode !== undefined && inodes.has(inode);
    });
  } catch {
    return false; // not ours to see, or gone meanwhile
  }
}
