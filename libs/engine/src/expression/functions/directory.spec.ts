import { describe } from 'vitest';
import { itFails, itGives } from '../../../test/expression-table.js';

const dn = 'CN=Kim,OU=Lab,OU=North,DC=z,DC=test';

describe('directory functions', () => {
  itGives([
    ['DNComponent(CRef("CN=Kim,OU=Lab,DC=z,DC=test"),2)', 'Lab'],
    ['DNComponent(CRef([dn]),1)', 'Kim', { dn }],
    ['DNComponent([manager],1)', 'Kim', { manager: dn }],
    ['DNComponent(CRef([dn]),9)', null, { dn }],
    ['DNComponent(CRef([dn]),0)', null, { dn }],
    ['DNComponent(CRef([dn]),1)', 'Lee\\, Kim', { dn: 'CN=Lee\\, Kim, OU=Lab,DC=z' }],
    ['DNComponent(CRef([dn]),2)', 'Lab', { dn: 'CN=Lee\\, Kim, OU=Lab,DC=z' }],
    ['DNComponent(CRef([no]),1)', null],
    ['InStr(DNComponent(CRef([dn]),1),"\\\\0ACNF:") > 0', true, { dn: 'CN=Kim\\0ACNF:0a1b,OU=Lab,DC=z' }],
    ['InStr(DNComponent(CRef([dn]),1),"\\\\0ACNF:") > 0', false, { dn }],
    ['DNComponentRev(CRef([dn]),3)', 'North', { dn }],
    ['DNComponentRev(CRef([dn]),1)', 'test', { dn }],
    ['DNComponentRev(CRef([dn]),1,"DC")', 'North', { dn }],
    ['DNComponentRev(CRef([dn]),1,DC)', 'North', { dn }],
    ['DNComponentRev(CRef([dn]),9)', null, { dn }],
    ['DNComponent([member],1)', ['A', 'B'], { member: ['CN=A,DC=z', 'CN=B,DC=z'] }],
    ['EscapeDNComponent("cn=Ray, Lee")', 'cn=Ray\\, Lee'],
    ['EscapeDNComponent("cn=#1 <a>;b\\c")', 'cn=\\#1 \\<a\\>\\;b\\\\c'],
    ['EscapeDNComponent("cn= a ")', 'cn=\\ a\\ '],
    ['EscapeDNComponent("cn= ")', 'cn=\\ '],
    ['EscapeDNComponent("cn=a=b+""c""")', 'cn=a=b\\+\\"c\\"'],
    ['EscapeDNComponent([no])', null],
  ]);
  itFails([
    ['DNComponent("CN=A,DC=z",1)', 'argument-type', '"CN=A,DC=z"'],
    ['DNComponentRev(CRef("CN=A"),1,"OU")', 'argument-type', '"OU"'],
  ]);
});
