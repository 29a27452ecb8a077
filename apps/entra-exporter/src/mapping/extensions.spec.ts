import { afterEach, describe, expect, it } from 'vitest';
import type { DirectoryExtensionConfig } from '@adjoin/contracts';
import { ensureExtensions } from '@adjoin/graph';
import { TenantInfo } from '../tenant/tenant-info.js';
import { aUserExport } from '../testing/engine-stub.js';
import { aGraph, type GraphUnderTest } from '../testing/graph.js';
import { fromGraph, selectOf } from './from-graph.js';
import { toGraph } from './to-graph.js';

let graph: GraphUnderTest | undefined;
afterEach(() => graph?.close());

const config = (attribute: string, more: Partial<DirectoryExtensionConfig> = {}): DirectoryExtensionConfig => ({
  attribute,
  type: 'String',
  multiValued: false,
  objectTypes: ['user'],
  ...more,
});
const WANTED = [
  config('costCenter', { objectTypes: ['user', 'group'] }),
  config('badge', { type: 'Integer' }),
  config('external', { type: 'Boolean' }),
  config('photoHash', { type: 'Binary' }),
  config('sites', { multiValued: true }),
];

describe('directory extensions', () => {
  it('are registered, written, read back and cleared, with all their types', async () => {
    const { api, simulator } = (graph = await aGraph());
    const tenant = await new TenantInfo(api, simulator.clientId, WANTED).get();
    const name = (attribute: string): string => `extension_${simulator.clientId.replaceAll('-', '')}_${attribute}`;
    const values = {
      [name('costCenter')]: 'CC1',
      [name('badge')]: 42,
      [name('external')]: 'True',
      [name('photoHash')]: { $binary: 'AQID' },
      [name('sites')]: ['Bonn', 'Kiel'],
    };
    const message = aUserExport();
    const create = toGraph({ ...message, attributes: { ...message.attributes, ...values } }, tenant);
    expect(create.unsupported).toEqual([]);
    const passwordProfile = { password: 'Some-Passw0rd!', forceChangePasswordNextSignIn: false };
    const { id } = (await api.must('POST', '/users', 'x', { body: { ...create.body, passwordProfile } })) as {
      id: string;
    };
    const read = async () =>
      fromGraph(
        'user',
        (await api.must('GET', `/users/${id}?$select=${selectOf('user', tenant, false)}`, 'x')) as object as Record<
          string,
          unknown
        >,
        tenant,
      );
    expect(await read()).toMatchObject({ ...values, [name('external')]: true });

    const cleared = Object.fromEntries(Object.keys(values).map((one) => [one, null]));
    const update = toGraph({ ...message, operation: 'update', cloudId: id, attributes: cleared }, tenant);
    await api.must('PATCH', `/users/${id}`, 'x', { body: update.body });
    // Graph shows extensions without a value only as an empty list.
    const left = Object.entries(await read()).filter(([one]) => one in cleared);
    expect(left).toEqual([[name('sites'), null]]);
  });

  it('are registered once, whoever asks, and are not taken with another type', async () => {
    const { api, simulator } = (graph = await aGraph());
    const both = await Promise.all([
      ensureExtensions(api, simulator.clientId, WANTED),
      ensureExtensions(api, simulator.clientId, WANTED),
    ]);
    expect(both[0]).toEqual(both[1]);
    await expect(ensureExtensions(api, simulator.clientId, [config('badge')])).rejects.toMatchObject({
      code: 'ADJ-CFG-0001',
    });
  });

  it('take no value that is too long or of another type', async () => {
    const { api, simulator } = (graph = await aGraph());
    const tenant = await new TenantInfo(api, simulator.clientId, WANTED).get();
    const code = (attribute: string, value: string): unknown => {
      const name = `extension_${simulator.clientId.replaceAll('-', '')}_${attribute}`;
      try {
        return toGraph(aUserExport({ attributes: { [name]: value } }), tenant);
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect([code('costCenter', 'x'.repeat(257)), code('badge', 'many')]).toEqual(['ADJ-EXP-3016', 'ADJ-EXP-3006']);
  });
});
