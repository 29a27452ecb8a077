import { SyncError, type PasswordScope } from '@adjoin/contracts';
import { createLogger } from '@adjoin/shared';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Attempt } from '../state/password-states.js';
import { aUser } from '../testing/a-user.js';
import { FakeTenant } from '../testing/fake-tenant.js';
import type { PasswordMetrics } from '../telemetry.js';
import { PasswordCredential } from '../transform/password-credential.js';
import { CredentialPipeline, type Candidate } from './credential-pipeline.js';

const NOTHING: PasswordMetrics = {
  sent: () => undefined,
  withheld: () => undefined,
  failed: () => undefined,
  securityEvent: () => undefined,
  call: () => undefined,
  pass: () => undefined,
};
const scopeOf = (guid: string): PasswordScope => ({
  ...{ connector: 'corp', objectGuid: guid, sourceAnchor: `anchor-${guid}`, target: 'entra', version: 1 },
  cloudId: `cloud-${guid}`,
});

describe('the way of a credential', () => {
  let tenant: FakeTenant;
  let scopes: Map<string, PasswordScope>;
  let attempts: Attempt[];
  let isOpen: boolean;
  let events: string[];
  let pipeline: CredentialPipeline;

  beforeEach(() => {
    tenant = new FakeTenant();
    scopes = new Map();
    attempts = [];
    events = [];
    isOpen = true;
    pipeline = new CredentialPipeline({
      ...{ directory: tenant, sender: tenant, log: createLogger('test', 'silent'), batch: 3 },
      metrics: { ...NOTHING, securityEvent: (code) => void events.push(code) },
      scopeOf: (guid) => scopes.get(guid),
      open: () => Promise.resolve(isOpen),
      record: (made) => {
        attempts.push(...made);
        return Promise.resolve();
      },
    });
  });

  const candidate = (guid: string, text: string, second = 1, change: Partial<Candidate> = {}): Candidate => ({
    ...{ object: aUser({ guid }), scope: scopeOf(guid), anchor: `anchor-${guid}`, forceChange: false },
    ...{ credential: new PasswordCredential(Buffer.from(text)), token: `need-${guid}`, attempts: 0 },
    changedAt: new Date(second * 1000),
    ...change,
  });
  function inScope(...guids: string[]): void {
    for (const guid of guids) {
      scopes.set(guid, scopeOf(guid));
      tenant.put({ cloudId: `cloud-${guid}`, sourceAnchor: `anchor-${guid}`, synchronized: true, roles: [] });
    }
  }
  const has = (guid: string): string | undefined => tenant.credentials.get(`anchor-${guid}`)?.text;
  async function send(...candidates: Candidate[]): Promise<void> {
    await pipeline.add(candidates);
    await pipeline.idle();
  }

  it('ends in the tenant, with the answer for its need, and destroys it', async () => {
    inScope('a');
    const sent = candidate('a', 'one');
    await send(sent);
    expect(has('a')).toBe('one');
    expect(attempts).toMatchObject([{ guid: 'a', token: 'need-a', next: 'done', result: { status: 'Success' } }]);
    expect(sent.credential.reveal()).toBe('\0\0\0');
  });

  it('is never overtaken by an older password of the same user, in one call or in a later one', async () => {
    inScope('a');
    await send(candidate('a', 'new', 2), candidate('a', 'old', 1));
    expect(has('a')).toBe('new');
    await send(candidate('a', 'old', 1));
    expect(has('a')).toBe('new');
    await send(candidate('a', 'newer', 2));
    expect(has('a')).toBe('newer');
  });

  it('ends before the call when the user left the scope or was led elsewhere since he was read', async () => {
    inScope('a', 'b');
    const [left, moved] = [candidate('a', 'one'), candidate('b', 'two')];
    scopes.delete('a');
    scopes.set('b', { ...scopeOf('b'), cloudId: 'other' });
    await send(left, moved);
    expect(tenant.calls).toBe(0);
    expect(left.credential.reveal()).toBe('\0\0\0');
  });

  it('ends before the call while sending is closed; nothing is answered, so the need stays', async () => {
    inScope('a');
    isOpen = false;
    await send(candidate('a', 'one'));
    expect([tenant.calls, attempts]).toEqual([0, []]);
  });

  it('ends with a security event when the binding is not proven, and the others of the call go on', async () => {
    inScope('a', 'b');
    tenant.put({ cloudId: 'cloud-a', sourceAnchor: 'anchor-z', synchronized: true, roles: [] });
    await send(candidate('a', 'one'), candidate('b', 'two'));
    expect([has('a'), has('b')]).toEqual([undefined, 'two']);
    expect(events).toEqual(['ADJ-PHS-7101']);
    expect(attempts.map(({ guid, next }) => [guid, next])).toEqual([
      ['a', 'rarely'],
      ['b', 'done'],
    ]);
  });

  it('is tried again when the call failed, the target could not be read, or asked for it', async () => {
    inScope('a', 'b');
    tenant.isLost = () => true;
    await send(candidate('a', 'one'));
    tenant.isLost = () => false;
    tenant.fault = () => ({ kind: 'retry', error: new SyncError('ADJ-PHS-7105', 'Later.') });
    await send(candidate('b', 'two'));
    tenant.accounts = () => Promise.reject(new SyncError('ADJ-EXP-3001', 'Not reached.'));
    await send(candidate('b', 'two'));
    expect(attempts.map(({ next, result }) => [next, result.status, result.code])).toEqual([
      ['again', 'Error', 'ADJ-EXP-3001'],
      ['again', 'RetryRequestedByTarget', 'ADJ-PHS-7105'],
      ['again', 'Error', 'ADJ-EXP-3001'],
    ]);
  });

  it('goes out in calls of a limited size, in the order of the changes within each', async () => {
    const guids = ['a', 'b', 'c', 'd'];
    inScope(...guids);
    const order: string[] = [];
    tenant.fault = ({ sourceAnchor }) => {
      order.push(sourceAnchor);
      return undefined;
    };
    await send(candidate('a', '1', 3), candidate('b', '2', 1), candidate('c', '3', 2), candidate('d', '4', 4));
    expect(tenant.calls).toBe(2);
    expect(order).toEqual(['anchor-b', 'anchor-c', 'anchor-a', 'anchor-d']);
  });

  it('is destroyed unsent when the process ends', async () => {
    inScope('a', 'b', 'c', 'd');
    const all = ['a', 'b', 'c', 'd'].map((guid) => candidate(guid, 'one'));
    const adding = pipeline.add(all);
    await pipeline.close();
    await adding;
    for (const { credential } of all) expect(credential.reveal()).toBe('\0\0\0');
  });
});
