import { adjoinConfig, TENANT_FEATURES, type SyncServiceConfig } from '@adjoin/contracts';
import { createLogger } from '@adjoin/shared';
import { describe, expect, it } from 'vitest';
import { TenantFeatures, withFeatures } from './tenant-features.js';

const { PasswordHashSync, PasswordWriteBack, SoftMatchOnUpn } = TENANT_FEATURES;

function aScene(wanted: SyncServiceConfig['features'], before: number) {
  const scene = { mask: before, writes: 0, open: true };
  const chore = new TenantFeatures({
    service: {
      companyConfiguration: () =>
        Promise.resolve({
          ...{
            tenantId: 't',
            displayName: 'T',
            initialDomain: undefined,
            isDirSyncing: true,
            isPasswordSyncing: false,
          },
          ...{ dirSyncFeatures: scene.mask, anchorAttribute: undefined, maxLinksPerBatch: 1 },
          synchronizationInterval: undefined,
          deletionPrevention: { kind: 'Disabled', thresholdCount: 0, thresholdPercentage: 0 },
        }),
      setFeatures: (mask) => {
        scene.writes++;
        scene.mask = mask;
        return Promise.resolve();
      },
    },
    wanted,
    gate: { refresh: () => Promise.resolve(), admits: () => scene.open },
    log: createLogger('test', 'silent'),
    everyMs: 1,
  });
  return { scene, chore };
}

describe('the switches of a tenant', () => {
  it('are set as the configuration names them, and the others stay', async () => {
    const { scene, chore } = aScene(
      { PasswordHashSync: 'on', SoftMatchOnUpn: 'off' },
      PasswordWriteBack | SoftMatchOnUpn,
    );
    expect(await chore.apply()).toBe(true);
    expect(scene).toMatchObject({ mask: PasswordHashSync | PasswordWriteBack, writes: 1 });
  });

  it('that are right already are not written', async () => {
    const { scene, chore } = aScene({ PasswordHashSync: 'on', BlockSoftMatch: 'off' }, PasswordHashSync);
    expect(await chore.apply()).toBe(true);
    expect(scene.writes).toBe(0);
  });

  it('wait while nothing may be written, and are set once when it may', async () => {
    const { scene, chore } = aScene({ BlockSoftMatch: 'on' }, 0);
    scene.open = false;
    const stop = new AbortController();
    const running = chore.run(stop.signal);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(scene.writes).toBe(0);
    scene.open = true;
    await expect.poll(() => scene.writes).toBe(1);
    scene.mask = 0; // an administrator thinks otherwise
    await new Promise((resolve) => setTimeout(resolve, 20));
    stop.abort();
    await running;
    expect(scene).toMatchObject({ mask: 0, writes: 1 });
  });

  it('can be named in the connector file, the known ones only', () => {
    const file = (features: object): unknown => ({
      connectors: [
        {
          id: 'c1',
          name: 'entra',
          type: 'entra',
          tenantId: 't',
          clientId: 'c',
          clientSecretFile: '/s',
          syncService: { features },
        },
      ],
    });
    expect(adjoinConfig.safeParse(file({ PasswordHashSync: 'on' })).error).toBeUndefined();
    expect(adjoinConfig.safeParse(file({ Passwords: 'on' })).success).toBe(false);
    expect(adjoinConfig.safeParse(file({ PasswordHashSync: true })).success).toBe(false);
  });

  it('are bits of one mask', () => {
    expect(withFeatures(0, { PasswordHashSync: 'on', BlockSoftMatch: 'on' })).toBe(524_289);
    expect(withFeatures(524_289, { BlockSoftMatch: 'off' })).toBe(1);
  });
});
