import { describe, expect, it } from 'vitest';
import { ContainerScope } from './container-scope.js';

const DOMAIN = 'DC=corp,DC=test';

describe('ContainerScope', () => {
  it('is the whole domain when nothing is listed', () => {
    const scope = new ContainerScope(DOMAIN, { include: [], exclude: [] });
    expect(scope.isWholeDomain).toBe(true);
    expect(scope.includes('CN=a,OU=x,DC=CORP,DC=test')).toBe(true);
  });

  it('lets the nearest listed ancestor decide', () => {
    const scope = new ContainerScope(DOMAIN, {
      include: ['OU=Sync,DC=corp,DC=test', 'OU=Keep,OU=HR,OU=Sync,DC=corp,DC=test'],
      exclude: ['ou=hr, OU=Sync,DC=corp,DC=test'],
    });
    expect(scope.includes('CN=a,OU=IT,OU=Sync,DC=corp,DC=test')).toBe(true);
    expect(scope.includes('CN=a,OU=HR,OU=Sync,DC=corp,DC=test')).toBe(false);
    expect(scope.includes('CN=a,OU=Keep,OU=HR,OU=Sync,DC=corp,DC=test')).toBe(true);
    expect(scope.includes('CN=a,CN=Users,DC=corp,DC=test')).toBe(false);
  });

  it('takes in new containers when single ones are excluded', () => {
    const scope = new ContainerScope(DOMAIN, { include: [], exclude: ['OU=Old,DC=corp,DC=test'] });
    expect(scope.isWholeDomain).toBe(false);
    expect(scope.includes('CN=a,OU=Brand New,DC=corp,DC=test')).toBe(true);
    expect(scope.includes('CN=a,OU=Old,DC=corp,DC=test')).toBe(false);
  });

  it('keeps the containers above an inclusion as placeholders', () => {
    const scope = new ContainerScope(DOMAIN, { include: ['OU=A\\, B,OU=Top,DC=corp,DC=test'], exclude: [] });
    expect(scope.isPlaceholder('OU=Top,DC=corp,DC=test')).toBe(true);
    expect(scope.isPlaceholder(DOMAIN)).toBe(true);
    expect(scope.isPlaceholder('OU=Other,DC=corp,DC=test')).toBe(false);
  });
});
