import { describe, expect, it } from 'vitest';
import { evaluate, itFails, itGives, valueOf } from '../../test/expression-table.js';

describe('operators', () => {
  itGives([
    ['2+3*4', 20],
    ['2*(5+3)', 16],
    ['2*5+3', 13],
    ['7/2', 3],
    ['-7/2', -3],
    ['10-2-3', 5],
    ['-[n]', -5, { n: 5 }],
    ['-(-5)', 5],
    ['[no]+1', null],
    ['-[no]', null],
    ['"a"&"b"', 'ab'],
    ['"a" & NULL & "b"', 'ab'],
    ['NULL & NULL', ''],
    ['[a] & [b]', { $binary: 'AQI=' }, { a: { $binary: 'AQ==' }, b: { $binary: 'Ag==' } }],
    ['[a] & [no]', { $binary: 'AQ==' }, { a: { $binary: 'AQ==' } }],
    ['1 + 1 = 2', true],
    ['"a" & "b" = "ab"', true],
    ['"a" = "A"', false],
    ['"a" < "b"', true],
    ['2 >= 2', true],
    ['3 <> 2', true],
    ['[no] = "x"', false],
    ['[no] <> "x"', true],
    ['[no] < 1', false],
    ['[no] >= 1', false],
    ['[no] = NULL', false],
    ['[no] = 2', false],
    ['[a] = [b]', true, { a: { $binary: 'AQ==' }, b: { $binary: 'AQ==' } }],
    ['True && False', false],
    ['True || Error("not needed")', true],
    ['False && Error("not needed")', false],
    ['NULL || True', true],
    ['NULL && True', false],
    ['IsPresent([x]) || IsPresent([y]) = False || [y] = "z" || Left([n],4) = "AAD_"', true],
    ['IsPresent([x]) || IsPresent([y]) = False || [y] = "z" || Left([n],4) = "AAD_"', false, { y: 'q' }],
    ['IsPresent([x]) || IsPresent([y]) = False || [y] = "z" || Left([n],4) = "AAD_"', true, { y: 'q', n: 'AAD_1' }],
    ['BitAnd([x],&H21C07000) > 0', true, { x: 536870912 }],
    ['[sam]&"@"&"d.test"', 'k@d.test', { sam: 'k' }],
  ]);
  itFails([
    ['1 + "2"', 'argument-type', '"2"'],
    ['"a" + "b"', 'argument-type', '"a"'],
    ['"a" & 5', 'argument-type', '5'],
    ['True & "x"', 'argument-type', 'True'],
    ['"1" = 1', 'argument-type'],
    ['True < False', 'argument-type'],
    ['1/0', 'evaluation'],
    ['9223372036854775807 + 1', 'evaluation'],
    ['1 && True', 'argument-type', '1'],
    ['True && "x"', 'argument-type', '"x"'],
  ]);

  it('joins texts and parameters without blanks', () => {
    const given = { attributes: { sAMAccountName: 'kim' }, parameters: { 'Domain.FQDN': 'sales.lab.test' } };
    expect(valueOf('[sAMAccountName]&"@"&%Domain.FQDN%', given)).toBe('kim@sales.lab.test');
  });

  it('knows the intrinsic parameters of an AD Connector as numbers', () => {
    expect(valueOf('BitAnd([u], %ADS_UF_ACCOUNTDISABLE%) > 0', { attributes: { u: 514 } })).toBe(true);
  });
});

describe('multi-valued attributes in scalar positions', () => {
  const proxyAddresses = ['SMTP:k@z.test', 'EUM:77'];
  itGives([
    ['UCase([otherPager])', ['A1', 'B2'], { otherPager: ['a1', 'b2'] }],
    ['UCase([otherPager])', ['A1'], { otherPager: ['a1'] }],
    ['Left([proxyAddresses],5) & "x"', ['SMTP:x', 'EUM:7x'], { proxyAddresses }],
    ['IIF(InStr([proxyAddresses],"EUM:")=1,NULL,[proxyAddresses])', ['SMTP:k@z.test'], { proxyAddresses }],
    ['IIF(InStr([p],"EUM:")=1,NULL,[p])', null, { p: ['EUM:1'] }],
    ['IIF(IsPresent([p]),Trim([p]),NULL)', ['a', 'b'], { p: [' a', 'b '] }],
    ['IIF(Count([p])>1,IIF(Left([p],1)="a",[p],NULL),[p])', ['ab'], { p: ['ab', 'b'] }],
    ['IIF(Count([p])>15,AuthoritativeNull,[p])', ['a', 'b'], { p: ['a', 'b'] }],
    ['[p] = "a" || [p] = "b"', [true, true, false], { p: ['a', 'b', 'c'] }],
    ['Join(Trim([p]),",") & ";" & Join(UCase([p]),"/")', 'a,b; A/B', { p: [' a', 'b'] }],
    ['RemoveDuplicates(Trim([p]))', ['a'], { p: [' a', 'a '] }],
    ['IIF([p]="a","yes","no")', ['yes', 'no'], { p: ['a', 'b'] }],
    ['Len(Split("a;bc",";"))', [1, 2]],
    ['-[n]', [-1, -2], { n: [1, 2] }],
    ['[n] + 1', [2, 3], { n: [1, 2] }],
    ['[a] & [b]', ['1x', '1y', '2x', '2y'], { a: ['1', '2'], b: ['x', 'y'] }],
    ['Switch(Left([p],1)="a",[p],True,"other")', ['ab', 'other'], { p: ['ab', 'c'] }],
    ['IIF(InStr([p],"x")=1,Join([p],"+"),NULL)', ['x1+y'], { p: ['x1', 'y'] }],
    ['IIF(InStr(Item([p],1),"x")=1,[p],NULL)', ['x1', 'y'], { p: ['x1', 'y'] }],
    ['CBool([f])', [true, false], { f: [1, 0] }],
    ['IIF(IsNullOrEmpty([d]),NULL,Left(Trim(Item([d],1)),448))', 'x', { d: [' x ', 'y'] }],
    ['IIF(IsNullOrEmpty([d]),NULL,Left(Trim(Item([d],1)),448))', null],
  ]);

  it('binds condition and branch to the same imported value', () => {
    const given = { imported: { p: ['EUM:1', 'SMTP:a'] } };
    expect(valueOf('IIF(InStr(ImportedValue("p"),"EUM:")=1,NULL,ImportedValue("p"))', given)).toEqual(['SMTP:a']);
    expect(valueOf('RemoveDuplicates(Trim(ImportedValue("p")))', { imported: { p: [' a', 'a', 'b'] } })).toEqual([
      'a',
      'b',
    ]);
  });
});

describe('the transforms of the default rules', () => {
  const mailEnabled =
    'IIF((IsPresent([proxyAddresses]) && Contains([proxyAddresses],"SMTP:") > 0 && InStr(Item([proxyAddresses],Contains([proxyAddresses],"SMTP:")),"@") > 0) || (IsPresent([mail]) && InStr([mail],"@") > 0), True, False)';
  const anchor = 'IIF([msExchRecipientTypeDetails] = 2, NULL, IIF(IsString([a]), CStr([a]), ConvertToBase64([a])))';
  const anchorOut =
    'IIF(IsPresent([cloudSourceAnchor]) && Word([cloudAnchor],1,"_") = [sourceObjectType] && [cloudSourceAnchor] <> [sourceAnchor], Error("SourceAnchor attribute has changed."), [sourceAnchor])';
  itGives([
    [mailEnabled, false],
    [mailEnabled, true, { mail: 'k@z.test' }],
    [mailEnabled, true, { proxyAddresses: ['x500:/o', 'SMTP:k@z.test'] }],
    [mailEnabled, false, { proxyAddresses: ['smtp:k@z.test'] }],
    [mailEnabled, false, { proxyAddresses: ['SMTP:k'] }],
    [anchor, 'abc', { a: 'abc' }],
    [anchor, 'MyIRAFVEd2aImaq7zN3u/w==', { a: { $guid: '00112233-4455-6677-8899-aabbccddeeff' } }],
    [anchor, null, { a: 'abc', msExchRecipientTypeDetails: 2 }],
    [anchorOut, 'X', { sourceAnchor: 'X' }],
    [anchorOut, 'X', { sourceAnchor: 'X', cloudSourceAnchor: 'Y', cloudAnchor: 'Contact_1', sourceObjectType: 'User' }],
    ['IIF(BitAnd([userAccountControl],2) = 0,True,False)', false, { userAccountControl: 514 }],
    ['IIF(BitAnd([groupType],-2147483648) <> 0,True,False)', true, { groupType: -2147483646 }],
    ['IIF(IsNull([pwdLastSet]),NULL,FormatDateTime(DateFromNum([pwdLastSet]),"yyyyMMddHHmmss.0Z"))', null],
    ['InStr([displayName],"(MSOL)") > 0 && CBool([msExchHideFromAddressLists])', false],
    [
      'InStr([displayName],"(MSOL)") > 0 && CBool([msExchHideFromAddressLists])',
      true,
      { displayName: 'x (MSOL)', msExchHideFromAddressLists: true },
    ],
  ]);

  it('fails an object whose source anchor changed', () => {
    const attributes = { sourceAnchor: 'X', cloudSourceAnchor: 'Y', cloudAnchor: 'User_1', sourceObjectType: 'User' };
    expect(evaluate(anchorOut, { attributes })).toMatchObject({
      error: { code: 'evaluation', message: 'SourceAnchor attribute has changed.' },
    });
  });

  const filtered = `IIF(IsPresent([isCriticalSystemObject])
    || IsPresent([sAMAccountName]) = False
    || [sAMAccountName] = "SUPPORT_388945a0"
    || Left([sAMAccountName],4) = "AAD_"
    || Left([sAMAccountName],5) = "MSOL_"
    || (Left([sAMAccountName],4) = "CAS_" && InStr([sAMAccountName],"}") > 0)
    || (Left([mailNickname],4) = "CAS_" && InStr([mailNickname],"}") > 0)
    || Left([mailNickname],14) = "SystemMailbox{"
    || CBool(IIF(IsPresent([msExchRecipientTypeDetails]),BitAnd([msExchRecipientTypeDetails],&H21C07000) > 0,NULL))
    || InStr(DNComponent(CRef([dn]),1),"\\\\0ACNF:") > 0,
    True, NULL)`;
  const kim = { sAMAccountName: 'kim', dn: 'CN=Kim,DC=z' };
  for (const [what, attributes, value] of [
    ['an ordinary user is kept', kim, null],
    ['a service account of the product is filtered', { ...kim, sAMAccountName: 'AAD_x1' }, true],
    ['the prefix counts in its case', { ...kim, sAMAccountName: 'aad_x1' }, null],
    ['a discovery mailbox is filtered', { ...kim, msExchRecipientTypeDetails: 536870912 }, true],
    ['a user mailbox is kept', { ...kim, msExchRecipientTypeDetails: 1 }, null],
    ['a linked mailbox is kept', { ...kim, msExchRecipientTypeDetails: 2 }, null],
    ['a remote mailbox is kept, in 64 bits', { ...kim, msExchRecipientTypeDetails: 2147483648 }, null],
    ['a critical system object is filtered, also with False', { ...kim, isCriticalSystemObject: false }, true],
    ['a user without account name is filtered', { dn: kim.dn }, true],
    ['a system mailbox is filtered', { ...kim, mailNickname: 'SystemMailbox{1}' }, true],
    ['a replication conflict is filtered', { ...kim, dn: 'CN=Kim\\0ACNF:1,DC=z' }, true],
  ] as const) {
    it(`cloudFiltered: ${what}`, () => {
      expect(valueOf(filtered, { attributes })).toBe(value);
    });
  }
});
