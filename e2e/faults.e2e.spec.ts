import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readiness, type Readiness } from './support/health.js';
import { Lab, type AppName } from './support/lab.js';
import { codedLines, logSize } from './support/logs.js';
import { metric } from './support/metrics.js';
import { expectNothingDoubledOrDeleted, userByAnchor, waitUntilEqual } from './support/tenant.js';
import { waitFor } from './support/wait-for.js';

const OUTAGE_MS = 20_000;
/** Every request but those for tokens. */
const GRAPH = '^/(?!.*oauth2)';
const WRONG_PASSWORD = 'Not-the-Passw0rd-9!';

describe('trouble', () => {
  let lab: Lab;
  /** Titles that were set while something was broken, by source anchor. */
  const titles = new Map<string, string>();

  beforeAll(async () => {
    lab = await Lab.open({ name: 'faults', users: 80 });
  });
  afterAll(async () => lab?.close());

  it('with certificate and password of the domain controller is named, and ends when the files are corrected', async () => {
    const ca = await ownCaFile(lab);
    await copyFile(join(lab.stack.runFolder, 'entra-simulator', 'ca.pem'), ca); // the authority of somebody else
    await lab.writeSecret('corp-password', WRONG_PASSWORD);
    for (const name of ['control-plane', 'sync-engine', 'entra-exporter'] as const) await lab.start(name);
    const importer = await lab.prepare('ad-importer-corp');
    const started = importer.start();
    started.catch(() => undefined); // awaited below

    await expectOneReadableMessage(lab, 'ADJ-IMP-1003', /certificate/i);
    await copyFile(lab.forest.caFile, ca);
    await expectOneReadableMessage(lab, 'ADJ-IMP-1002', /credentials|password|refused/i);
    await lab.writeSecret('corp-password', lab.forest.sync.password);
    await started;
    await waitUntilEqual(lab, 'after password and certificate were corrected');
    expect(await readFile(importer.logFile, 'utf8')).not.toContain(WRONG_PASSWORD);
  });

  it.for([
    { status: 401, code: 'ADJ-EXP-3002' },
    { status: 403, code: 'ADJ-EXP-3003' },
    { status: 503, code: 'ADJ-EXP-3001' },
  ])('that the tenant answers with $status is reported with its code', async ({ status, code }) => {
    const from = logSize(lab, 'entra-exporter');
    // What is read is tried again for a minute before it is reported, unless the tenant asks to come back later than that.
    await lab.simulator.setFaults([
      { method: 'GET', path: GRAPH, status, retryAfter: 90 },
      { path: GRAPH, status, retryAfter: 1 },
    ]);
    await changeTitle(lab, titles, `During ${status}`);
    await waitFor(lab, `the exporter not to be ready because of ${code}`, async () =>
      failing(await readiness(lab, 'entra-exporter'), code),
    );
    await waitFor(lab, `a log line with ${code}`, () =>
      Promise.resolve(codedLines(lab, 'entra-exporter', code, from).length > 0),
    );
    await lab.simulator.clearFaults();
  });

  it('of throttling is counted', async () => {
    const before = (await metric(lab, 'entra-exporter', 'adjoin_graph_throttled_total')) ?? 0;
    await lab.simulator.setFaults([{ path: '^/users', status: 429, retryAfter: 1, count: 200 }]);
    await changeTitle(lab, titles, 'During 429');
    await waitFor(
      lab,
      'throttled calls to be counted',
      async () => ((await metric(lab, 'entra-exporter', 'adjoin_graph_throttled_total')) ?? 0) > before,
    );
    await lab.simulator.clearFaults();
  });

  it.for([
    { service: 'kafka', code: 'ADJ-KFK-0001', seenAt: 'ad-importer-corp' as const },
    { service: 'mongo', code: 'ADJ-MDB-0001', seenAt: 'sync-engine' as const },
  ])('of $service for 20 s is seen and ends by itself', async ({ service, code, seenAt }) => {
    const from = logSize(lab, seenAt);
    await lab.service(service).stop();
    const stoppedAt = performance.now();
    await changeTitle(lab, titles, `Without ${service}, at once`);
    await sleep(OUTAGE_MS / 2); // the outage lasts as long as it lasts
    await changeTitle(lab, titles, `Without ${service}, later`);
    await sleep(Math.max(0, OUTAGE_MS - (performance.now() - stoppedAt)));
    expect(codedLines(lab, seenAt, code, from).length, `log lines of ${seenAt} with ${code}`).toBeGreaterThan(0);
    await lab.service(service).restart();
    await waitFor(
      lab,
      `all processes to be ready without ${code}`,
      async () => {
        const apps: readonly AppName[] = ['control-plane', 'sync-engine', 'entra-exporter', 'ad-importer-corp'];
        const all = await Promise.all(apps.map((name) => readiness(lab, name)));
        return all.every(({ ready }) => ready);
      },
      { deadlineMs: 120_000 },
    );
  });

  it('leaves nothing behind: every change arrived, nothing is there twice, nothing was deleted', async () => {
    await waitUntilEqual(lab, 'after all trouble', { deadlineMs: 180_000 });
    expect(titles.size).toBe(8);
    for (const [anchor, title] of titles) expect((await userByAnchor(lab, anchor))?.['jobTitle']).toBe(title);
    await expectNothingDoubledOrDeleted(lab);
  });
});

/** Lets the connector trust a file that the test writes. */
async function ownCaFile(lab: Lab): Promise<string> {
  const file = join(lab.stack.runFolder, 'secrets', 'corp-ca.pem');
  const { connectorFile } = lab.stack;
  const text = await readFile(connectorFile, 'utf8');
  expect(text).toContain(lab.forest.caFile);
  await writeFile(connectorFile, text.replace(lab.forest.caFile, file));
  return file;
}

/** The importer says once, in words and with a hint, what is wrong, and `/readyz` says the same. */
async function expectOneReadableMessage(lab: Lab, code: string, words: RegExp): Promise<void> {
  const health = await waitFor(lab, `the importer not to be ready because of ${code}`, async () =>
    failing(await readiness(lab, 'ad-importer-corp'), code),
  );
  expect(health).toMatch(words);
  expect(health).not.toMatch(/^\s+at /m);
  const lines = codedLines(lab, 'ad-importer-corp', code, 0);
  expect(
    lines.map(({ level }) => level),
    `log lines with ${code}`,
  ).toEqual(['error']);
  expect(lines[0]?.hint?.length ?? 0, 'a hint what to do').toBeGreaterThan(10);
}

/** What the failing checks with a code say; undefined when there is none. */
function failing(health: Readiness, code: string): string | undefined {
  const details = Object.values(health.checks).flatMap(({ ok, detail }) => (ok ? [] : [JSON.stringify(detail)]));
  return details.find((detail) => detail.includes(code));
}

async function changeTitle(lab: Lab, titles: Map<string, string>, title: string): Promise<void> {
  const directory = await lab.directory();
  const user = (await directory.plainUsers())[titles.size];
  if (user === undefined) throw new Error('The forest has no user to change.');
  await directory.replace(user.dn, 'title', title);
  titles.set(user.anchor, title);
}
