import { describe, expect, it } from 'vitest';
import type { Command, Explanation, Preview } from '@adjoin/contracts';
import { FakeControlPlane, type FakeAnswer } from '../testing/fake-control-plane.js';
import { runCli, type CliResult } from '../testing/run-cli.js';

const user = { id: 'corp|1', space: 'connector', connector: 'corp', type: 'user', name: 'CN=Kim' } as const;
const person = { id: 'mv1', space: 'metaverse', connector: null, type: 'person', name: 'kim@corp.test' } as const;
const rule = { id: 'r1', name: 'In from AD - User Common' };
const other = { id: 'r2', name: 'Lab - Titles' };
const contribution = { source: user.id, flow: 'Trim([title])', reason: 'Supplied the value.', steps: [] };

const explanation: Explanation = {
  object: user,
  metaverse: person,
  objects: [user, person],
  error: null,
  rules: [
    {
      ...{ rule, connector: 'corp', direction: 'inbound', precedence: 106, link: 'Join', object: user.id, failing: [] },
      ...{ inScope: true, reason: 'It has no scope filter.' },
    },
    {
      ...{ rule: other, connector: 'corp', direction: 'inbound', precedence: 50, link: 'Join', object: user.id },
      ...{ inScope: false, reason: 'Not c EQUAL NO (it is DE).' },
      failing: [{ attribute: 'c', operator: 'EQUAL', value: 'NO', seen: 'DE' }],
    },
  ],
  joins: [{ rule, object: user.id, group: 0, conditions: ['mail = mail'], matches: [person] }],
  links: [{ object: user.id, metaverse: person.id, action: 'joined', rule }],
  attributes: [
    {
      ...{ direction: 'inbound', object: person.id, attribute: 'title', result: 'Dr' },
      contributions: [
        {
          ...{ ...contribution, rule, precedence: 106, verdict: 'won', value: 'Dr' },
          steps: [
            { start: 5, end: 12, text: '[title]', kind: 'value', value: ' Dr ', message: null },
            { start: 0, end: 13, text: 'Trim([title])', kind: 'value', value: 'Dr', message: null },
          ],
        },
        { ...contribution, rule: other, precedence: 107, verdict: 'outranked', value: 'Prof', reason: 'Outranked.' },
      ],
    },
    { direction: 'inbound', object: person.id, attribute: 'info', result: null, contributions: [] },
  ],
  exports: [
    {
      ...{ object: 'entra|1', target: 'entra', inFlight: null, unsupported: ['commonName'] },
      heldBack: [{ attribute: 'mail', wanted: 'kim@corp.test', present: null }],
      pending: { operation: 'update', changes: { title: 'Dr', info: null }, dn: null },
      export: {
        ...{ state: 'held', gate: 'staging', reason: 'Staging mode is on.', version: 1, releasedAt: null },
        ...{ attempts: 0, code: null, message: null },
      },
      members: { add: 2, remove: 0 },
    },
  ],
};
const preview: Preview = {
  ...{ object: user, mode: 'full', due: true, error: null, links: [] },
  metaverse: [
    {
      ...{ id: person.id, type: 'person', name: person.name, action: 'update', attributes: { title: 'Dr' } },
      differences: [{ attribute: 'title', before: null, after: 'Dr' }],
    },
  ],
  exports: [
    {
      ...{ object: 'entra|1', target: 'entra', dn: 'CN={41}', operation: 'update', unchanged: false },
      differences: [{ attribute: 'title', before: 'Mr', after: 'Dr' }],
    },
  ],
};
const requested: Command = {
  ...{ id: 'c1', kind: 'sync.object', status: 'done', error: null, at: '2026-01-01T00:00:00Z', by: 'tester' },
  result: { objects: [user.id] },
};

async function ask(
  args: readonly string[],
  answers: Readonly<Record<string, FakeAnswer>>,
): Promise<CliResult & { readonly seen: readonly string[] }> {
  await using plane = new FakeControlPlane(answers);
  const result = await runCli(args, { url: await plane.start() });
  return { ...result, seen: plane.seen.map(({ method, path }) => `${method} ${path.replace('/api/v1/', '')}`) };
}

describe('adjoin explain', () => {
  it('shows scope with reasons, joins with counts, contributors in short and why the export is held', async () => {
    const { out, exit, seen } = await ask(['explain', 'kim@corp.test'], { 'GET explain': { body: explanation } });
    expect(seen).toEqual(['GET explain?object=kim%40corp.test']);
    expect(exit).toBe(3);
    for (const text of [
      /106 +In from AD - User Common +inbound corp +Join +in +It has no scope filter/,
      / 50 +Lab - Titles .* out +Not c EQUAL NO \(it is DE\)/,
      /mail = mail +1 +kim@corp.test/,
      /title +kim@corp.test +In from AD - User Common +1 +Dr/,
      /1 more get no value/,
      /gate +staging/,
      /why +Staging mode is on/,
      /members to add +2/,
      /mail held back +kim@corp.test: another object has it/,
      /info +\(cleared\)/,
    ])
      expect(out).toMatch(text);
  });

  it('shows the whole contest for one attribute, with the value of each part of the expression', async () => {
    const asked = { ...explanation, attributes: explanation.attributes.slice(0, 1), exports: [] };
    const { out, exit } = await ask(['explain', 'kim', 'title'], { 'GET explain': { body: asked } });
    expect(exit).toBe(0);
    expect(out).toMatch(/106 +In from AD - User Common +corp +won +Dr +Supplied the value/);
    expect(out).toMatch(/107 +Lab - Titles +corp +outranked +Prof/);
    expect(out).toMatch(/\[title\] +" Dr "\n +Trim\(\[title\]\) +"Dr"\n/);
  });

  it('passes on what the control-plane says of a name that nothing has', async () => {
    const error = { code: 'ADJ-API-4004', message: 'None.', hint: 'Did you mean "kim"?', retry: 'never' };
    const { err, exit } = await ask(['explain', 'kin'], { 'GET explain': { status: 404, body: { error } } });
    expect(exit).toBe(1);
    expect(err).toContain('Did you mean "kim"?');
  });
});

describe('adjoin preview', () => {
  it('shows differences and writes nothing', async () => {
    const { out, exit, seen } = await ask(['preview', 'CN=Kim', '--full'], { 'GET preview': { body: preview } });
    expect(exit).toBe(0);
    expect(seen).toEqual(['GET preview?object=CN%3DKim&mode=full']);
    expect(out).toContain('Metaverse: update person kim@corp.test');
    expect(out).toMatch(/Export to entra: update CN=\{41\}\nATTRIBUTE +IN THE TARGET +AFTER\ntitle +Mr +Dr/);
  });

  it('commits what it showed, and says that the export is held', async () => {
    const { out, exit, seen } = await ask(['preview', 'CN=Kim', '--full', '--commit', '--json'], {
      'GET preview': { body: preview },
      'POST preview/commit': { status: 202, body: requested },
      'GET explain': { body: explanation },
    });
    expect(seen.map((request) => request.replace(/\?.*/, ''))).toEqual([
      'GET preview',
      'POST preview/commit',
      'GET explain',
    ]);
    expect(exit).toBe(3);
    expect(JSON.parse(out)).toMatchObject({ committed: true, command: 'c1', mode: 'full' });
  });

  it('commits nothing when nothing waits or when the object fails', async () => {
    const idle = { ...preview, mode: 'delta', due: false, metaverse: [], exports: [] };
    const calm = await ask(['preview', 'CN=Kim', '--commit'], { 'GET preview': { body: idle } });
    expect(calm).toMatchObject({ exit: 0, seen: ['GET preview?object=CN%3DKim&mode=delta'] });
    expect(calm.out).toContain('Use --full');
    const error = { code: 'sync-rule-error-function-triggered', message: 'No UPN.', rule, attribute: 'title' };
    const failing = await ask(['preview', 'CN=Kim', '--commit'], { 'GET preview': { body: { ...preview, error } } });
    expect(failing).toMatchObject({ exit: 1, seen: ['GET preview?object=CN%3DKim&mode=delta'] });
    expect(failing.out).toContain('No UPN. (rule In from AD - User Common, attribute title)');
    expect(failing.out).toContain('Nothing was committed.');
  });
});
