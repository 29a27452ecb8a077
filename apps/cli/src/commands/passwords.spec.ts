import { describe, expect, it } from 'vitest';
import type { Command, PasswordForest, PasswordUser } from '@adjoin/contracts';
import { FakeControlPlane } from '../testing/fake-control-plane.js';
import { runCli } from '../testing/run-cli.js';

const AT = '2026-01-02T03:04:05Z';
const met = { condition: 'staging mode is off', ok: true, detail: 'off' };
const unmet = { condition: 'the domain can be read', ok: false, detail: 'DC=corp,DC=test: ADJ-PHS-7003 no right' };
const forest = (checks: PasswordForest['checks']): PasswordForest => ({
  ...{ connector: 'corp', condition: 'working', inScope: 3, pending: 1, checks },
  results: { Success: 2, FilteredByTarget: 1 },
  domains: [
    {
      ...{ namingContext: 'DC=corp,DC=test', server: 'dc1', lastPollAt: AT, lastFullPassAt: AT },
      ...{ fullPass: null, failure: null },
    },
  ],
});
const user: PasswordUser = {
  ...{ connector: 'corp', object: 'CN=Kim,DC=corp,DC=test', objectGuid: 'g', inScope: true, cloudId: 'c' },
  ...{ changedAt: AT, sentAt: null, lagMs: null, need: null },
  result: { status: 'FilteredByTarget', at: AT, code: null, message: 'temporary' },
  checks: [met, { condition: 'the account may have its password sent', ok: false, detail: 'temporary' }],
};
const done: Command = {
  ...{ id: 'c1', kind: 'password.resync', status: 'done', at: AT, by: 'tester' },
  ...{ result: { users: 12 }, error: null },
};

describe('adjoin password status', () => {
  it('shows forests, and ends with 3 when a condition is not met', async () => {
    const answers = {
      'GET passwords': [{ body: { forests: [forest([met])] } }, { body: { forests: [forest([unmet])] } }],
    };
    await using plane = new FakeControlPlane(answers);
    const url = await plane.start();
    const good = await runCli(['password', 'status'], { url });
    expect([good.exit, good.out]).toEqual([0, expect.stringContaining('Success 2, FilteredByTarget 1')]);
    const bad = await runCli(['password', 'status'], { url });
    expect([bad.exit, bad.out]).toEqual([3, expect.stringMatching(/NOT MET +the domain can be read +.*ADJ-PHS-7003/)]);
  });

  it('of a user names the condition that failed', async () => {
    await using plane = new FakeControlPlane({ 'GET passwords/kim': { body: user } });
    const { exit, out } = await runCli(['password', 'status', 'kim'], { url: await plane.start() });
    expect(exit).toBe(3);
    expect(out).toMatch(/not met +the account may have its password sent: temporary/);
  });
});

describe('adjoin password resync', () => {
  it('asks for what was selected and says how many are sent anew', async () => {
    await using plane = new FakeControlPlane({ 'POST passwords/resync': { status: 202, body: done } });
    const url = await plane.start();
    const { exit, out } = await runCli(['password', 'resync', '--forest', 'corp', '--ou', 'OU=A,DC=corp'], { url });
    expect([exit, out]).toEqual([0, expect.stringContaining('passwords of 12 users')]);
    expect(plane.seen[0]?.body).toEqual({ connector: 'corp', ou: 'OU=A,DC=corp' });
  });
});
