import type { PasswordScope } from '@adjoin/contracts';
import { describe, expect, it } from 'vitest';
import { sourceAnchorOf } from '../eligibility/source-anchor.js';
import { aUser } from '../testing/a-user.js';
import { proveBinding, type TargetAccount } from './binding.js';

const ANCHOR = 'MyIRAFVEd2aImaq7zN3u/w==';
const scope = (change: Partial<PasswordScope> = {}): PasswordScope => ({
  ...{ connector: 'corp', objectGuid: aUser().guid, sourceAnchor: ANCHOR, target: 'entra', version: 1 },
  cloudId: 'cloud-1',
  ...change,
});
const account = (change: Partial<TargetAccount> = {}): TargetAccount => ({
  ...{ cloudId: 'cloud-1', sourceAnchor: ANCHOR, synchronized: true, roles: [] },
  ...change,
});

describe('the source anchor of a replicated object', () => {
  it('is the objectGUID in the byte order of the directory', () => {
    expect(sourceAnchorOf(aUser(), 'objectGUID')).toBe(ANCHOR);
  });

  it('is ms-DS-ConsistencyGuid where the rules use it and the object has one', () => {
    const bytes = Buffer.from('0102030405060708090a0b0c0d0e0f10', 'hex');
    expect(sourceAnchorOf(aUser({ consistencyGuid: bytes }), 'ms-DS-ConsistencyGuid')).toBe(bytes.toString('base64'));
    expect(sourceAnchorOf(aUser({ consistencyGuid: bytes }), 'objectGUID')).toBe(ANCHOR);
    expect(sourceAnchorOf(aUser({ consistencyGuid: null }), 'ms-DS-ConsistencyGuid')).toBe(ANCHOR);
  });

  it('is unknown when ms-DS-ConsistencyGuid holds no GUID', () => {
    const bytes = Buffer.from('0102', 'hex');
    expect(sourceAnchorOf(aUser({ consistencyGuid: bytes }), 'ms-DS-ConsistencyGuid')).toBeUndefined();
  });
});

describe('the binding of a password to an account of the target', () => {
  it('is proven for a synchronized account with the same anchor and no role', () => {
    expect(proveBinding(scope(), ANCHOR, account())).toEqual({ kind: 'proven' });
  });

  it('is open while the account is not there', () => {
    expect(proveBinding(scope(), ANCHOR, undefined)).toEqual({ kind: 'absent' });
    expect(proveBinding(scope({ cloudId: undefined }), ANCHOR, account())).toEqual({ kind: 'absent' });
  });

  it.each([
    ['a record with the anchor of somebody else', scope({ sourceAnchor: 'b3RoZXI=' }), account(), 'ADJ-PHS-7101'],
    ['an account of somebody else', scope(), account({ sourceAnchor: 'b3RoZXI=' }), 'ADJ-PHS-7101'],
    ['an account without anchor', scope(), account({ sourceAnchor: undefined }), 'ADJ-PHS-7101'],
    ['an account with a directory role', scope(), account({ roles: ['Global Administrator'] }), 'ADJ-PHS-7102'],
    ['an account of the cloud', scope(), account({ synchronized: false }), 'ADJ-PHS-7103'],
  ])('is refused for %s', (_what, record, found, code) => {
    expect(proveBinding(record, ANCHOR, found)).toMatchObject({ kind: 'refused', code });
  });
});
