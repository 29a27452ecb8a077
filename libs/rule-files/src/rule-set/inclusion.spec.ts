import { expect, it } from 'vitest';
import { validateFolder } from '../inspect/validate-folder.js';

it('the inclusion plan lists what rules read and write, and what is written is read back', () => {
  const loaded = validateFolder(undefined, { options: { sourceAnchor: 'ms-DS-ConsistencyGuid' } });
  if (!loaded.ok) throw new Error('the default rules do not load');
  const { corp, entra } = loaded.inclusion;
  expect(corp?.['user']?.read).toEqual(
    expect.arrayContaining([
      'objectGUID',
      'userAccountControl',
      'proxyAddresses',
      'isCriticalSystemObject',
      'ms-DS-ConsistencyGuid',
    ]),
  );
  expect(corp?.['user']?.write).toEqual(['ms-DS-ConsistencyGuid']);
  expect(corp?.['user']?.read).not.toContain('dn');
  expect(entra?.['group']?.write).toContain('member');
  expect(entra?.['group']?.read).toEqual(expect.arrayContaining(['cloudAnchor', 'cloudMastered', 'member']));
});
