import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ChangeMessage, ExportMessage, ObjectChange, RunMarker } from '@adjoin/contracts';
import type { RunningSimulator } from '@adjoin/entra-simulator';
import type { OutgoingMessage } from '@adjoin/shared';
import { Sequence } from '../confirming-import/change-publisher.js';
import type { ImportBase } from '../confirming-import/import-context.js';
import type { ImportCursor } from '../confirming-import/import-cursor.store.js';
import type { Outcome } from '../export-run/outcome.js';
import type { ApplyContext, DirectoryTarget } from '../target/directory-target.js';

/** A channel to a simulated tenant. */
export interface TargetUnderTest {
  readonly target: DirectoryTarget;
  readonly simulator: RunningSimulator;
  readonly close: () => Promise<void>;
}

/** Captures what a reader publishes. */
export class CapturedImport {
  sent: OutgoingMessage[] = [];
  cursor: ImportCursor = {};
  readonly base: ImportBase;

  constructor() {
    const self = this;
    const parts = {
      target: {
        producer: {
          send: (_topic: string, messages: readonly OutgoingMessage[]) => {
            self.sent.push(...messages);
            return Promise.resolve();
          },
          close: () => Promise.resolve(),
        },
        topic: 'changes',
        kafkaPartitions: 2,
        connector: 'entra',
      },
      sequence: new Sequence(7),
      cursor: {
        epoch: 7,
        get current() {
          return self.cursor;
        },
        save: (change: ImportCursor) => {
          self.cursor = { ...self.cursor, ...change };
          return Promise.resolve();
        },
      },
      metrics: { imported: () => undefined },
      signal: new AbortController().signal,
      reported: new Map<string, number>(),
    };
    this.base = parts as unknown as ImportBase;
  }

  /** Messages since the last call. */
  take(): { readonly objects: readonly ObjectChange[]; readonly markers: readonly RunMarker[] } {
    const messages = this.sent.map(({ value }) => value as ChangeMessage);
    this.sent = [];
    return {
      objects: messages.filter((message) => message.kind === 'object'),
      markers: messages.filter((message) => message.kind === 'marker'),
    };
  }
}

export const anExport = (more: Partial<ExportMessage> = {}): ExportMessage => {
  const name = randomUUID().slice(0, 8);
  return {
    target: 'entra',
    objectId: name,
    version: 1,
    epoch: 0,
    lane: 'normal',
    releasedAt: new Date(0).toISOString(),
    operation: 'add',
    objectType: 'user',
    sourceAnchor: Buffer.from(name).toString('base64'),
    name: `${name}@corp.test`,
    attributes: { displayName: name, userPrincipalName: `${name}@corp.test`, accountEnabled: true, givenName: 'Kim' },
    ...more,
  };
};

/** Applies exports as the export run does. */
export async function applyAll(
  target: DirectoryTarget,
  messages: readonly ExportMessage[],
  context: Partial<ApplyContext> = {},
): Promise<readonly Outcome[]> {
  await target.prepare();
  const items = messages.map((message) => ({ message, known: { intent: undefined, applied: undefined } }));
  return Promise.all(target.apply(items, { admits: () => true, now: Date.now, ...context }));
}

export async function cloudIdOf(target: DirectoryTarget, message: ExportMessage): Promise<string> {
  const [outcome] = await applyAll(target, [message]);
  if (outcome?.cloudId === undefined) throw new Error(`not applied: ${outcome?.error?.message ?? outcome?.kind}`);
  return outcome.cloudId;
}

/** What every channel does; run it against a simulated tenant. */
export function describeDirectoryTarget(name: string, open: () => Promise<TargetUnderTest>): void {
  describe(`the channel ${name}`, () => {
    let sut: TargetUnderTest;
    let target: DirectoryTarget;
    const admin = (method: string, path: string, body?: unknown): Promise<Response> =>
      fetch(`${sut.simulator.adminUrl}${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
    const stats = async () =>
      (await (await admin('GET', '/stats')).json()) as {
        objects: Record<string, number>;
        duplicateAnchors: readonly unknown[];
      };
    beforeAll(async () => {
      sut = await open();
      target = sut.target;
    });
    beforeEach(async () => {
      await admin('POST', '/reset');
      target.forget();
    });
    afterAll(async () => {
      target.close();
      await sut.close();
    });

    describe('applies', () => {
      it('a batch of creates, each with its own outcome', async () => {
        const outcomes = await applyAll(target, [
          anExport(),
          anExport({
            attributes: {
              displayName: 'x',
              accountEnabled: true,
              userPrincipalName: 'a b"c@corp.test',
              givenName: { $binary: 'AA==' },
            },
          }),
          anExport(),
        ]);
        expect(outcomes.map(({ kind }) => kind)).toEqual(['applied', 'failed', 'applied']);
        expect(outcomes[1]?.error?.code).toBe('ADJ-EXP-3006');
        expect((await stats()).objects['users']).toBe(2);
      });

      it('a create twice without a second object', async () => {
        const message = anExport();
        const [first, second] = [await cloudIdOf(target, message), await cloudIdOf(target, { ...message, version: 2 })];
        expect(second).toBe(first);
        expect(await stats()).toMatchObject({ objects: { users: 1 }, duplicateAnchors: [] });
      });

      it('changes to the attributes that are named, and clears', async () => {
        const message = anExport({ attributes: { ...anExport().attributes, title: 'Boss', department: 'D' } });
        const cloudId = await cloudIdOf(target, message);
        const [outcome] = await applyAll(target, [
          {
            ...message,
            version: 2,
            operation: 'update',
            cloudId,
            attributes: { title: null, displayName: 'New & <old>' },
          },
        ]);
        expect(outcome?.kind).toBe('applied');
        const capture = new CapturedImport();
        await target.reader.full(capture.base, { id: 'r', attempt: 1, acceptFewer: false });
        const { attributes } = capture.take().objects.find(({ anchor }) => anchor === cloudId) ?? {};
        expect([attributes?.['displayName'], attributes?.['department'], attributes?.['title']]).toEqual([
          'New & <old>',
          'D',
          undefined,
        ]);
      });

      it('members by their cloud ids, one bad one without harm to the others', async () => {
        const ids = [await cloudIdOf(target, anExport()), await cloudIdOf(target, anExport())];
        const add = [...ids, randomUUID()].map((cloudId) => ({ mv: `mv-${cloudId}`, cloudId, type: 'user' as const }));
        const group = anExport({
          objectType: 'group',
          attributes: { displayName: 'G', securityEnabled: true },
          references: { member: { add, remove: [] } },
        });
        const [outcome] = await applyAll(target, [group]);
        expect(outcome?.references?.['member']?.added.toSorted()).toEqual(ids.map((id) => `mv-${id}`).toSorted());
        expect(outcome?.references?.['member']?.failed).toHaveLength(1);
        const remove = add.slice(0, 1);
        const [removed] = await applyAll(target, [
          {
            ...group,
            version: 2,
            operation: 'update',
            cloudId: outcome?.cloudId,
            attributes: {},
            references: { member: { add: [], remove } },
          },
        ]);
        expect(removed?.references?.['member']?.removed).toEqual(remove.map(({ mv }) => mv));
        expect((await stats()).objects['memberships']).toBe(1);
      });

      it('the manager', async () => {
        const boss = await cloudIdOf(target, anExport());
        const message = anExport();
        const cloudId = await cloudIdOf(target, {
          ...message,
          attributes: { ...message.attributes, manager: { $ref: boss } },
        });
        const capture = new CapturedImport();
        await target.reader.full(capture.base, { id: 'r', attempt: 1, acceptFewer: false });
        const reported = capture.take().objects.filter(({ anchor }) => anchor === cloudId);
        expect(
          reported.some(({ attributes }) => JSON.stringify(attributes?.['manager']) === JSON.stringify({ $ref: boss })),
        ).toBe(true);
      });

      it('deletes, also of what is gone already; a deleted user comes back as the same object', async () => {
        const message = anExport();
        const cloudId = await cloudIdOf(target, message);
        const remove: ExportMessage = { ...message, version: 2, operation: 'delete', cloudId, attributes: {} };
        expect((await applyAll(target, [remove]))[0]?.kind).toBe('applied');
        expect((await applyAll(target, [remove]))[0]?.kind).toBe('applied');
        expect((await stats()).objects['users']).toBe(0);
        expect(await cloudIdOf(target, { ...message, version: 3 })).toBe(cloudId);
      });

      it('nothing to an object that is not there: it is missing', async () => {
        const message = anExport({ operation: 'update', cloudId: randomUUID(), attributes: { title: 'x' } });
        const [outcome] = await applyAll(target, [message]);
        expect(outcome?.kind).toBe('missing');
        expect((await stats()).objects['users']).toBe(0);
      });

      it('nothing under a gate that has moved on', async () => {
        const [outcome] = await applyAll(target, [anExport()], { admits: () => false });
        expect(outcome?.kind).toBe('stale-gate');
        expect((await stats()).objects['users']).toBe(0);
      });

      it('nothing as done that the service refused for the moment', async () => {
        await target.prepare();
        await admin('PUT', '/faults', [{ path: '^/users$|svc/Provision', status: 403 }]);
        const items = [{ message: anExport(), known: { intent: undefined, applied: undefined } }];
        const [outcome] = await Promise.all(target.apply(items, { admits: () => true, now: Date.now }));
        await admin('DELETE', '/faults');
        expect([outcome?.kind, outcome?.error?.code]).toEqual(['deferred', 'ADJ-EXP-3003']);
      });
    });

    describe('reads back', () => {
      const run = (id: string) => ({ id, attempt: 1, acceptFewer: false });

      it('everything, then changes, then deletions; each run ends with markers', async () => {
        const capture = new CapturedImport();
        const [kim, lee] = [anExport(), anExport()];
        const [kimId, leeId] = [await cloudIdOf(target, kim), await cloudIdOf(target, lee)];
        expect(await target.reader.canContinue(capture.cursor)).toBe(false);
        const full = await target.reader.full(capture.base, run('1'));
        const first = capture.take();
        expect([full.complete, first.markers.map(({ complete }) => complete)]).toEqual([true, [true, true]]);
        const shown = first.objects.find(({ anchor }) => anchor === kimId);
        expect(shown).toMatchObject({
          op: 'whole',
          objectType: 'user',
          attributes: {
            sourceAnchor: kim.sourceAnchor,
            displayName: kim.attributes['displayName'],
            givenName: 'Kim',
            cloudMastered: false,
            cloudAnchor: `User_${kimId}`,
          },
        });
        expect(await target.reader.canContinue(capture.cursor)).toBe(true);

        await target.reader.delta(capture.base, run('2'), false);
        expect(capture.take()).toEqual({ objects: [], markers: [] });
        await applyAll(target, [
          { ...kim, version: 2, operation: 'update', cloudId: kimId, attributes: { title: 'Boss' } },
        ]);
        await applyAll(target, [{ ...lee, version: 2, operation: 'delete', cloudId: leeId, attributes: {} }]);
        await target.reader.delta(capture.base, run('3'), false);
        const changes = capture.take();
        expect(changes.objects.find(({ anchor }) => anchor === kimId)?.attributes).toMatchObject({ title: 'Boss' });
        expect(changes.objects.find(({ anchor }) => anchor === leeId)?.op).toBe('delete');
        expect(changes.markers).toHaveLength(2);
      });

      it('members of groups as sets', async () => {
        const capture = new CapturedImport();
        const ids = [await cloudIdOf(target, anExport()), await cloudIdOf(target, anExport())];
        const add = ids.map((cloudId) => ({ mv: cloudId, cloudId, type: 'user' as const }));
        const group = await cloudIdOf(
          target,
          anExport({
            objectType: 'group',
            attributes: { displayName: 'G', securityEnabled: true },
            references: { member: { add, remove: [] } },
          }),
        );
        await target.reader.full(capture.base, run('1'));
        const sets = capture
          .take()
          .objects.flatMap(({ anchor, references }) =>
            anchor === group && references?.['member'] !== undefined ? [references['member']] : [],
          );
        const values = sets.flatMap((set) => (set.mode === 'set' ? set.values.map(({ $ref }) => $ref) : []));
        expect(values.toSorted()).toEqual(ids.toSorted());
      });

      it('what the rules asked for, although the cloud changed the name of an unverified domain', async () => {
        const capture = new CapturedImport();
        const message = anExport({
          attributes: { ...anExport().attributes, userPrincipalName: 'kim@unverified.test' },
        });
        const [outcome] = await applyAll(target, [message]);
        await target.reader.full(capture.base, run('1'));
        const shown = capture.take().objects.find(({ anchor }) => anchor === outcome?.cloudId)?.attributes?.[
          'userPrincipalName'
        ];
        // A channel that sees only the cloud's name says so in the outcome, and the shadow store puts it right.
        const shadow = outcome?.shadows?.['userPrincipalName'];
        expect(shadow === undefined ? shown : shadow.asked).toBe('kim@unverified.test');
      });

      it('a position that expired as such', async () => {
        const capture = new CapturedImport();
        await cloudIdOf(target, anExport());
        await target.reader.full(capture.base, run('1'));
        await admin('POST', '/reset');
        await expect(target.reader.delta(capture.base, run('2'), false)).rejects.toMatchObject({
          code: 'ADJ-EXP-3009',
        });
      });

      it('whether objects are gone', async () => {
        const capture = new CapturedImport();
        const here = await cloudIdOf(target, anExport());
        const gone = randomUUID();
        const request = {
          target: 'entra',
          run: { id: 'r', attempt: 1, profile: 'full-import' as const },
          anchors: [here, gone],
        };
        await target.reader.confirmAbsence(
          capture.base,
          request as unknown as Parameters<typeof target.reader.confirmAbsence>[1],
          'c',
        );
        const { objects } = capture.take();
        expect(objects.map(({ anchor, op, reason }) => [anchor, op, reason]).toSorted()).toEqual(
          [
            [here, 'whole', undefined],
            [gone, 'delete', 'confirmed-absent'],
          ].toSorted(),
        );
      });
    });

    it('tells the tenant and what it can hold', async () => {
      const settings = await target.settings();
      expect([settings.tenantId, settings.initialDomain]).toEqual([
        sut.simulator.tenantId,
        sut.simulator.initialDomain,
      ]);
      expect(Object.keys(target.capabilities.types)).toEqual(expect.arrayContaining(['user', 'group', 'device']));
    });
  });
}
