import type { MongoHandle } from '@adjoin/shared';

const guid = '00112233-4455-6677-8899-aabbccddeeff';

/** Documents of the shapes that engine and importers write: one joined person, one held delete, one object in error. */
export const SEED: Readonly<Record<string, readonly Record<string, unknown>[]>> = {
  connectorObjects: [
    {
      _id: 'cs-kim',
      connector: 'corp',
      type: 'user',
      anchor: guid,
      dn: 'CN=Kim,OU=Staff,DC=corp,DC=test',
      partition: 'DC=corp,DC=test',
      state: 'imported',
      importedDelete: false,
      rules: ['In from AD - User Common @ corp'],
      imported: {
        sAMAccountName: 'kim',
        userAccountControl: 514n,
        objectGUID: Buffer.from('33221100554477668899aabbccddeeff', 'hex'),
        proxyAddresses: ['SMTP:kim@corp.test'],
      },
      link: { mv: 'mv-kim', action: 'project', rule: 'In from AD - User Common @ corp' },
    },
    {
      _id: 'cs-lee',
      connector: 'corp',
      type: 'user',
      anchor: 'aaaaaaaa-0000-0000-0000-000000000001',
      dn: 'CN=Lee,OU=Staff,DC=corp,DC=test',
      state: 'imported',
      importedDelete: false,
      rules: [],
      imported: { sAMAccountName: 'lee' },
      link: null,
      error: {
        code: 'ambiguous-join',
        message: 'two objects match',
        firstSeen: new Date('2026-01-01T00:00:00Z'),
        count: 3,
      },
      dirtyAt: new Date('2026-01-01T00:05:00Z'),
      dirtyReason: 'retry',
    },
    {
      _id: 'tg-kim',
      connector: 'entra',
      type: 'user',
      anchor: 'cloud-1',
      dn: 'CN={6b696d}',
      state: 'imported',
      importedDelete: false,
      rules: ['Out to Entra ID - User Join @ entra'],
      imported: { sourceAnchor: 'MyIRAFVEd2aImaq7zN3u/w==', userPrincipalName: 'kim@corp.test' },
      link: { mv: 'mv-kim', action: 'provision', rule: 'Out to Entra ID - User Join @ entra' },
      pendingExport: { operation: 'delete', changes: {} },
      exp: { version: 7, state: 'pending', lane: 1, nextAt: new Date(0), decidedAt: 1767225600000, attempts: 0 },
    },
    {
      _id: 'tg-max',
      connector: 'entra',
      type: 'user',
      dn: 'CN={6d6178}',
      state: 'export',
      importedDelete: false,
      rules: ['Out to Entra ID - User Join @ entra'],
      imported: {},
      link: null,
      pendingExport: { operation: 'add', changes: { userPrincipalName: 'max@corp.test', accountEnabled: true } },
      exp: { version: 1, state: 'pending', lane: 1, nextAt: new Date(0), decidedAt: 1767225600000, attempts: 0 },
    },
  ],
  metaverseObjects: [
    {
      _id: 'mv-kim',
      type: 'person',
      attributes: {
        userPrincipalName: 'Kim@corp.test',
        accountName: 'kim',
        accountEnabled: false,
        sourceAnchor: 'MyIRAFVEd2aImaq7zN3u/w==',
      },
      contributors: [{ cs: 'cs-kim', connector: 'corp', rule: 'In from AD - User Common @ corp' }],
      lineage: { accountEnabled: 0 },
      links: [
        { cs: 'cs-kim', connector: 'corp' },
        { cs: 'tg-kim', connector: 'entra' },
      ],
      waitsFor: [],
      joinKeys: ['accountName\u0000s:kim'],
    },
    {
      _id: 'mv-team',
      type: 'group',
      attributes: { displayName: 'Team' },
      lineage: {},
      links: [],
      waitsFor: [],
      joinKeys: [],
    },
  ],
  targetEdges: [
    {
      _id: 'e1',
      g: 'mv-team',
      m: 'mv-kim',
      a: 'member',
      target: 'entra',
      desired: true,
      exported: false,
      confirmed: false,
    },
    {
      _id: 'e2',
      g: 'mv-team',
      m: 'mv-max',
      a: 'member',
      target: 'entra',
      desired: true,
      exported: true,
      confirmed: true,
    },
  ],
  ruleSets: [{ _id: 'active', hash: 'h1', epoch: 3n, files: null }],
  engineState: [
    {
      _id: 'gates:entra',
      gates: [
        {
          gate: 'deletion-threshold',
          reason: '6 pending deletes are more than 5',
          since: new Date('2026-01-01T00:00:00Z'),
          count: 6,
        },
      ],
      pending: { adds: 1, updates: 0, deletes: 6, members: 1 },
      held: 6,
      inFlight: 0,
      unconfirmed: 0,
    },
    {
      _id: 'deletion-hold:entra:42',
      status: 'held',
      target: 'entra',
      count: 1,
      createdAt: new Date('2026-01-01T00:00:00Z'),
      items: [{ objectId: 'tg-kim', version: 1767225600000n, name: 'kim@corp.test', type: 'user' }],
    },
    {
      _id: 'sync:corp',
      dirty: 1,
      errors: 1,
      lastSyncedAt: new Date('2026-01-01T00:59:00Z'),
      lastCompleteImport: { runId: 'run-1', at: new Date('2026-01-01T00:30:00Z') },
    },
  ],
  'importCursors.corp': [
    {
      _id: 'DC=corp,DC=test',
      lastDeltaAt: new Date('2026-01-01T00:59:58Z'),
      lastCompleteFullAt: new Date('2026-01-01T00:30:00Z'),
    },
  ],
  'importRuns.corp': [
    {
      _id: 'run-1',
      runId: 'run-1',
      profile: 'full-import',
      partition: 'DC=corp,DC=test',
      attempt: 1,
      startedAt: new Date('2026-01-01T00:29:00Z'),
      endedAt: new Date('2026-01-01T00:30:00Z'),
      complete: true,
      status: 'success',
      counters: { objects: 2 },
    },
    {
      _id: 'run-2',
      runId: 'run-2',
      profile: 'delta-import',
      partition: 'DC=corp,DC=test',
      attempt: 1,
      startedAt: new Date('2026-01-01T00:40:00Z'),
      endedAt: new Date('2026-01-01T00:40:01Z'),
      complete: false,
      status: 'failed',
      failure: { code: 'ADJ-IMP-1001', message: 'no answer' },
    },
  ],
};

/** Writes the seed into an empty database. */
export async function seed(mongo: MongoHandle): Promise<void> {
  for (const [collection, documents] of Object.entries(SEED))
    await mongo.db.collection(collection).insertMany(documents.map((doc) => ({ ...doc })));
}
