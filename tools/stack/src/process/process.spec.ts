import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { logTail } from './log-tail.js';
import { ManagedProcess, type CrashReport } from './managed-process.js';
import { portOwner, requireFreePort } from './port-check.js';
import { identityOf, isAlive } from './process-identity.js';
import { waitUntil } from './wait.js';

const folders: string[] = [];
const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'adjoin-process-'));
  folders.push(folder);
  return folder;
};
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function shell(
  script: string,
  options: { readonly ready?: (line: string) => boolean; readonly onCrash?: (crash: CrashReport) => void } = {},
) {
  const logFile = join(await newFolder(), 'out.log');
  const ready = options.ready ?? ((line: string) => line === 'up');
  return new ManagedProcess({
    name: 'lab',
    command: '/bin/sh',
    args: ['-c', script],
    logFile,
    ready: ({ logOffset }) => logTail(logFile, 50, logOffset).some(ready),
    readyDeadlineMs: 10_000,
    stopGraceMs: 300,
    onCrash: options.onCrash,
  });
}

describe('a managed process', () => {
  it('is ready when its log says so, and gone after it was stopped', async () => {
    const lab = await shell('echo up; exec sleep 60');
    await lab.start();
    const identity = lab.identity;
    expect(identity !== undefined && isAlive(identity)).toBe(true);
    await lab.stop();
    expect(identity !== undefined && isAlive(identity)).toBe(false);
  });

  it('fails to start with its last log lines when it ends before it is ready', async () => {
    const lab = await shell('echo no such luck; exit 3');
    await expect(lab.start()).rejects.toThrow(/exit code 3[\s\S]*lab \| no such luck/);
  });

  it('is killed when it does not heed the request to end', async () => {
    const lab = await shell("trap '' TERM; echo up; while :; do sleep 0.05; done");
    await lab.start();
    await lab.stop();
    expect(lab.running).toBe(false);
  });

  it('reports once that it ended by itself, with its last lines, and stays down', async () => {
    const crashes: CrashReport[] = [];
    const lab = await shell('echo up; sleep 0.2; echo broken; exit 7', { onCrash: (crash) => crashes.push(crash) });
    await lab.start();
    await waitUntil(() => crashes.length > 0, { deadlineMs: 10_000 });
    expect(crashes).toEqual([{ name: 'lab', exit: 'exit code 7', lastLines: ['up', 'broken'] }]);
    expect(lab.running).toBe(false);
  });

  it('has another identity after a restart', async () => {
    const lab = await shell('echo up; exec sleep 60');
    await lab.start();
    const before = lab.pid;
    await lab.restart();
    expect(lab.pid).not.toBe(before);
    await lab.kill9();
  });
});

describe('the identity of a process', () => {
  it('tells a reused process id from the process that had it', () => {
    const self = identityOf(process.pid);
    expect(self !== undefined && isAlive(self)).toBe(true);
    expect(isAlive({ pid: process.pid, startTime: '1' })).toBe(false);
  });
});

describe('a port', () => {
  it('that is taken is named together with the process that holds it', async () => {
    const server = createServer();
    await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(requireFreePort(port, { service: 'kafka' })).rejects.toMatchObject({ code: 'ADJ-STK-2001' });
    expect(portOwner(port)?.pid).toBe(process.pid);
    server.close();
  });
});

describe('the tail of a log', () => {
  it('has the last lines behind an offset', async () => {
    const file = join(await newFolder(), 'x.log');
    await writeFile(file, 'one\ntwo\nthree\n');
    expect(logTail(file, 2)).toEqual(['two', 'three']);
    expect(logTail(file, 5, 8)).toEqual(['three']);
    expect(logTail(`${file}.absent`, 5)).toEqual([]);
  });
});
