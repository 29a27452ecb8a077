import { describe, expect, it } from 'vitest';
import type { DeletionHoldDetail, StatusAnswer } from '@adjoin/contracts';
import { FakeControlPlane } from './testing/fake-control-plane.js';
import { runCli } from './testing/run-cli.js';

const calm: StatusAnswer = {
  at: '2026-01-01T00:00:00Z',
  ok: true,
  mode: 'continuous',
  staging: 'off',
  processes: [{ name: 'control-plane', url: '', ready: true, checks: {}, error: null }],
  connectors: [
    {
      name: 'corp',
      type: 'ad',
      enabled: true,
      lastCompleteImport: { at: '2026-01-01T00:00:00Z', runId: 'r1' },
      freshnessSeconds: 1.2,
      lastSyncedAt: null,
      backlog: 0,
      errors: 0,
    },
  ],
  targets: [
    { name: 'entra', pending: { adds: 0, updates: 0, deletes: 0, members: 0 }, held: 0, inFlight: 0, unconfirmed: 0 },
  ],
  gates: [],
  held: { exports: 0, deletions: 0, deletionHolds: 0 },
};
const hold: DeletionHoldDetail = {
  id: 'entra:7.0badcafe',
  target: 'entra',
  status: 'held',
  count: 1,
  createdAt: null,
  decidedBy: null,
  decidedAt: null,
  items: [{ objectId: 'o1', version: 3, type: 'user', name: 'kim@corp.test' }],
};

async function withControlPlane(
  answers: ConstructorParameters<typeof FakeControlPlane>[0],
  work: (url: string, plane: FakeControlPlane) => Promise<void>,
): Promise<void> {
  await using plane = new FakeControlPlane(answers);
  await work(await plane.start(), plane);
}

describe('exit codes', () => {
  it('is 0 for a calm system, 3 when something is held, 1 when a process is not ready', async () => {
    const held = {
      ...calm,
      held: { exports: 6, deletions: 6, deletionHolds: 1, values: 2 },
      gates: [{ target: 'entra', gate: 'deletion-threshold', reason: 'too many', since: null, count: 6 }],
    };
    const down = {
      ...held,
      processes: [{ name: 'sync-engine', url: 'http://x', ready: false, checks: {}, error: 'refused' }],
    };
    await withControlPlane({ 'GET status': [{ body: calm }, { body: held }, { body: down }] }, async (url) => {
      expect(await runCli(['status', '--json'], { url })).toMatchObject({
        exit: 0,
        err: '',
        out: `${JSON.stringify(calm)}\n`,
      });
      const second = await runCli(['status'], { url });
      expect(second.exit).toBe(3);
      expect(second.out).toMatch(/deletion-threshold +6/);
      expect(second.out).toContain('2 objects wait for a name or address that the target holds back');
      expect((await runCli(['status'], { url })).exit).toBe(1);
    });
  });

  it('is 2 for wrong use, with the message on standard error', async () => {
    for (const args of [
      ['nope'],
      ['cs', 'search'],
      ['run', 'start', 'corp'],
      ['mv', 'search', '--limit', '0'],
      ['mv', 'search', '--where', 'no-equals'],
      ['settings'],
    ]) {
      const result = await runCli(args);
      expect(result, args.join(' ')).toMatchObject({ exit: 2, out: '' });
      expect(result.err).not.toBe('');
    }
  });

  it('is 0 for help and version', async () => {
    expect(await runCli(['--help'])).toMatchObject({ exit: 0, err: '' });
    expect(await runCli(['cs', 'search', '--help'])).toMatchObject({ exit: 0 });
    expect(await runCli(['--version'])).toMatchObject({ exit: 0 });
  });

  it('is 1 and one JSON document when nobody answers', async () => {
    const result = await runCli(['status', '--json']);
    expect(result.exit).toBe(1);
    expect(JSON.parse(result.out)).toMatchObject({
      error: { code: 'ADJ-API-4001', hint: expect.stringContaining('ADJOIN_URL') },
    });
  });

  it('is 2 when the control-plane finds the request invalid, 1 when an object does not exist', async () => {
    const problem = (code: string) => ({ body: { error: { code, message: 'm', hint: 'h', retry: 'never' } } });
    await withControlPlane(
      {
        'PUT settings/staging': { status: 400, ...problem('ADJ-API-4003') },
        'GET metaverse/x': { status: 404, ...problem('ADJ-API-4004') },
      },
      async (url) => {
        expect((await runCli(['settings', 'set', 'staging', 'maybe'], { url })).exit).toBe(2);
        expect(await runCli(['mv', 'show', 'x'], { url })).toMatchObject({
          exit: 1,
          err: 'error ADJ-API-4004 m\nh\n',
          out: '',
        });
      },
    );
  });

  it('says so when something else than a control-plane answers', async () => {
    await withControlPlane(
      { 'GET status': [{ status: 502, body: 'bad gateway' }, { body: { hello: 'world' } }] },
      async (url) => {
        expect((await runCli(['status'], { url })).err).toContain('ADJ-API-4001');
        expect((await runCli(['status'], { url })).err).toContain('ADJ-API-4007');
      },
    );
  });
});

describe('requests', () => {
  it('sends token, operator, repeated conditions and encoded names', async () => {
    const empty = { body: { items: [], next: null } };
    await withControlPlane({ 'GET connectors/corp/objects': empty }, async (url, plane) => {
      const args = [
        'cs',
        'search',
        'corp',
        '--limit',
        '5',
        '--dn',
        'CN=Kim,DC=test',
        '--attribute',
        'sn=Lee',
        '--attribute',
        'c=DE',
        '--state',
        'joined',
        '--json',
      ];
      const result = await runCli(args, { url, token: 'secret' });
      expect(plane.seen.map((request) => request.path.split('?')[0])).toEqual(['/api/v1/connectors/corp/objects']);
      expect(new URL(`http://x${plane.seen[0]?.path}`).searchParams.getAll('attribute')).toEqual(['sn=Lee', 'c=DE']);
      expect(plane.seen[0]?.headers).toMatchObject({ authorization: 'Bearer secret', 'x-adjoin-operator': 'tester' });
      expect(result.out).not.toContain('secret');
    });
  });

  it('approves a deletion hold by its id and lists open ones with code 3', async () => {
    await withControlPlane(
      {
        'GET deletions': { body: { items: [hold] } },
        'POST deletions/entra%3A7.0badcafe/approve': { body: { ...hold, status: 'approved' } },
      },
      async (url) => {
        const listed = await runCli(['deletions', 'list'], { url });
        expect(listed.exit).toBe(3);
        expect(listed.out).toContain('kim@corp.test');
        expect(await runCli(['deletions', 'approve', hold.id], { url })).toMatchObject({
          exit: 0,
          out: 'Approved: 1 deletion(s) in entra. Later ones need a new approval.\n',
        });
      },
    );
  });

  it('waits for a run with --wait and fails when the run failed', async () => {
    const run = {
      id: 'r1',
      connector: 'corp',
      profile: 'full-import',
      state: 'requested',
      requestedAt: null,
      requestedBy: null,
      startedAt: null,
      endedAt: null,
      counters: {},
      error: null,
      steps: [],
    };
    await withControlPlane(
      {
        'POST runs': { status: 202, body: run },
        'GET runs/r1': [
          { body: { ...run, state: 'in-progress' } },
          { body: { ...run, state: 'failed', error: { code: 'ADJ-IMP-1001', message: 'no answer' } } },
        ],
      },
      async (url, plane) => {
        expect((await runCli(['run', 'start', 'corp', '--profile', 'full-import', '--json'], { url })).exit).toBe(0);
        expect(plane.seen[0]?.body).toEqual({ connector: 'corp', profile: 'full-import' });
        const waited = await runCli(['run', 'start', 'corp', '--profile', 'full-import', '--wait'], { url });
        expect(waited.exit).toBe(1);
        expect(waited.out).toContain('ADJ-IMP-1001 no answer');
      },
    );
  });

  it('prints the bare value of one setting', async () => {
    const setting = { key: 'staging', value: 'on', default: 'off', describe: 'd', changed: null };
    await withControlPlane({ 'GET settings/staging': { body: setting } }, async (url) => {
      expect((await runCli(['settings', 'get', 'staging'], { url })).out).toBe('on\n');
      expect(JSON.parse((await runCli(['settings', 'get', 'staging', '--json'], { url })).out)).toEqual(setting);
    });
  });
});

describe('offline commands', () => {
  it('evaluates one expression or many, each with its own answer', async () => {
    const one = await runCli(['expression', 'eval', '--json'], {
      input: '{"expression": "UCase([a])", "attributes": {"a": "kim"}}',
    });
    expect(one).toMatchObject({ exit: 0 });
    expect(JSON.parse(one.out)).toEqual({ value: 'KIM', type: 'str' });
    const many = await runCli(['expression', 'eval'], { input: '[{"expression": "1"}, {"expression": "("}]' });
    expect(many.exit).toBe(0);
    expect(JSON.parse(many.out)).toMatchObject([{ value: 1 }, { error: { code: 'syntax' } }]);
    expect(await runCli(['expression', 'eval'], { input: '{' })).toMatchObject({ exit: 2, out: '' });
  });

  it('checks, lists and shows the shipped rules', { timeout: 60_000 }, async () => {
    expect(JSON.parse((await runCli(['rules', 'validate', '--json'])).out)).toMatchObject({ ok: true, problems: [] });
    expect((await runCli(['rules', 'list'])).out).toContain('In from AD - User Join');
    expect((await runCli(['rules', 'show', 'In from AD - User Join'])).out).toContain('precedence   100');
    expect(await runCli(['rules', 'show', 'In from AD - User Joln'])).toMatchObject({ exit: 2 });
    expect(await runCli(['rules', 'validate', 'no-such-folder'])).toMatchObject({ exit: 2 });
  });

  it('does not apply rules when nobody can be asked', async () => {
    expect(await runCli(['rules', 'apply', import.meta.dirname])).toMatchObject({
      exit: 2,
      err: expect.stringContaining('--yes'),
    });
  });

  it('prints completion scripts that know every command', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { out } = await runCli(['completion', shell]);
      for (const word of ['status', 'deletions', 'approve', 'profile']) expect(out, `${shell} ${word}`).toContain(word);
    }
  });
});
