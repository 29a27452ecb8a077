import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Recorder } from './recorder.js';

describe('the record of what came in', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'adjoin-record-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const lines = (name: string): readonly unknown[] =>
    readFileSync(join(folder, name), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);

  it('keeps writes as they came, without passwords, and no reads', () => {
    const recorder = new Recorder({ writes: join(folder, 'writes') });
    recorder.write({ method: 'GET', path: '/users', body: undefined });
    recorder.write({ method: 'POST', path: '/users', body: { passwordProfile: { password: 'Secret-1' } } });
    recorder.write({ method: 'DELETE', path: '/users/1', body: undefined });
    expect(lines('writes')).toEqual([
      { method: 'POST', path: '/users', body: { passwordProfile: { password: '********' } } },
      { method: 'DELETE', path: '/users/1' },
    ]);
  });

  it('keeps messages of the provisioning web service as bytes', () => {
    const recorder = new Recorder({ messages: join(folder, 'messages') });
    recorder.message('Capabilities', Uint8Array.from([1, 2]), Uint8Array.from([3]));
    recorder.message('FinalizeExport', Uint8Array.from([4]), undefined);
    expect(lines('messages')).toEqual([
      { operation: 'Capabilities', request: 'AQI=', reply: 'Aw==' },
      { operation: 'FinalizeExport', request: 'BA==' },
    ]);
  });
});
