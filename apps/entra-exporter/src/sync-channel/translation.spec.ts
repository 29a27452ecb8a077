import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  SYNC_SERVICE_ATTRIBUTES,
  SYNC_SERVICE_READ_ONLY,
  type ExportMessage,
  type SyncValueKind,
  type WireValue,
} from '@adjoin/contracts';
import { anExport } from '../testing/directory-target.contract.js';
import { fromSyncObject } from './from-sync-object.js';
import { toSyncObject } from './to-sync-object.js';

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
const binary = fc
  .uint8Array({ minLength: 1, maxLength: 40 })
  .map((bytes) => ({ $binary: Buffer.from(bytes).toString('base64') }));
const reference = fc.uuid().map(($ref) => ({ $ref }));
const VALUES: Readonly<Record<Exclude<SyncValueKind, 'references'>, fc.Arbitrary<WireValue>>> = {
  boolean: fc.boolean(),
  number: fc.oneof(
    fc.maxSafeInteger(),
    fc.bigInt({ min: 2n ** 60n, max: 2n ** 62n }).map((value) => ({ $int: String(value) })),
  ),
  binary,
  binaries: fc.array(binary, { minLength: 1, maxLength: 3 }),
  string: text,
  strings: fc.array(text, { minLength: 1, maxLength: 3 }),
  reference,
};
const types = ['user', 'group', 'contact', 'device'] as const;
const anObject = fc.constantFrom(...types).chain((objectType) => {
  const fields = [...SYNC_SERVICE_ATTRIBUTES[objectType]].flatMap(([name, kind]) =>
    kind === 'references' || name === 'sourceAnchor' || SYNC_SERVICE_READ_ONLY.has(name)
      ? []
      : [[name, VALUES[kind]] as const],
  );
  return fc.record({
    objectType: fc.constant(objectType),
    // What is left out is not there, which the type of the generator does not say.
    attributes: fc
      .record(Object.fromEntries(fields), { requiredKeys: [] })
      .map((attributes) => attributes as Readonly<Record<string, WireValue>>),
  });
});
/** The service answers with names that begin with an upper-case letter. */
function answered(message: ExportMessage, cloudId: string) {
  const { object } = toSyncObject(message);
  const properties = [...object.properties].map(
    ([name, value]) => [`${name.charAt(0).toUpperCase()}${name.slice(1)}`, value] as const,
  );
  return fromSyncObject({
    ...object,
    properties: new Map([...properties, ['CloudAnchor', { type: 'string', value: `X_${cloudId}` }]]),
  });
}

describe('values over the sync service', () => {
  it('are read back as they were exported: a confirmation is no change', () => {
    fc.assert(
      fc.property(anObject, fc.uuid(), ({ objectType, attributes }, cloudId) => {
        const message = anExport({ objectType, attributes, sourceAnchor: 'AAAA' });
        const read = answered(message, cloudId);
        expect([read.anchor, read.objectType, read.deleted]).toEqual([cloudId, objectType, false]);
        expect(read.attributes).toEqual({ ...attributes, sourceAnchor: 'AAAA', cloudAnchor: `X_${cloudId}` });
      }),
    );
  });

  it('of a wrong type are refused with the name of the attribute', () => {
    for (const [name, value] of [
      ['accountEnabled', 'maybe'],
      ['countryCode', 'x'],
      ['thumbnailPhoto', 'text'],
      ['displayName', { $binary: 'AA==' }],
      ['manager', 'text'],
    ] as const)
      expect(() => toSyncObject(anExport({ attributes: { [name]: value } }))).toThrow(name);
  });

  it('that nobody can take are told; what only identifies is left out', () => {
    const { object, unsupported } = toSyncObject(
      anExport({
        attributes: {
          dn: 'x',
          cloudMastered: false,
          nonsense: 'x',
          cloudLegacyExchangeDN: 'x',
          [`extension_${'0'.repeat(32)}_a`]: 'y',
        },
      }),
    );
    expect(unsupported).toEqual(['nonsense', 'cloudLegacyExchangeDN']);
    expect([...object.properties.keys()]).toEqual(['SourceAnchor', `extension_${'0'.repeat(32)}_a`]);
  });

  it('a create has the source anchor, a change the cloud anchor, a delete both', () => {
    const names = (operation: ExportMessage['operation'], cloudId?: string) => [
      ...toSyncObject(
        anExport({ operation, attributes: {}, ...(cloudId === undefined ? {} : { cloudId }) }),
      ).object.properties.keys(),
    ];
    expect([names('add'), names('update', 'c'), names('delete', 'c')]).toEqual([
      ['SourceAnchor'],
      ['CloudAnchor'],
      ['SourceAnchor', 'CloudAnchor'],
    ]);
  });

  it('a GUID given as text takes the byte order of Active Directory', () => {
    const { object } = toSyncObject(
      anExport({ objectType: 'device', attributes: { deviceId: '00112233-4455-6677-8899-aabbccddeeff' } }),
    );
    const value = object.properties.get('deviceId');
    expect(value?.type === 'binary' ? Buffer.from(value.value).toString('base64') : undefined).toBe(
      'MyIRAFVEd2aImaq7zN3u/w==',
    );
  });
});
