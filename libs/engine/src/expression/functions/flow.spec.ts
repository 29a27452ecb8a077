import { describe, expect, it } from 'vitest';
import { evaluate, itFails, itGives } from '../../../test/expression-table.js';

describe('program flow', () => {
  itGives([
    ['IIF([c]="NO","north","other")', 'north', { c: 'NO' }],
    ['IIF([c]="NO","north","other")', 'other'],
    ['IIF(NULL,1,2)', 2],
    ['IIF(IsPresent([mail]),[mail],Error("no mail"))', 'k@z.test', { mail: 'k@z.test' }],
    ['Switch([l]="Oslo",1,[l]="Bergen",2,True,9)', 1, { l: 'Oslo' }],
    ['Switch([l]="Oslo",1,[l]="Bergen",2,True,9)', 2, { l: 'Bergen' }],
    ['Switch([l]="Oslo",1,[l]="Bergen",2,True,9)', 9],
    ['Switch([l]="Oslo",1)', null],
    ['Switch(True,NULL,True,2)', null],
    ['Switch(True,1,False,Error("lazy"))', 1],
    ['Select($p,[otherPhone],Replace($p," ",""))', ['12', '34'], { otherPhone: ['1 2', '3 4'] }],
    ['Select($p,[otherPhone],IIF($p="a",NULL,$p))', ['b'], { otherPhone: ['a', 'b'] }],
    ['Select($p,[no],$p)', null],
    ['Select($p,Split("a;b",";"),UCase($p))', ['A', 'B']],
    ['Where($p,[proxyAddresses],InStr($p,"SMTP:")=1)', ['SMTP:b@z'], { proxyAddresses: ['smtp:a@z', 'SMTP:b@z'] }],
    ['Where($p,[v],False)', null, { v: ['a'] }],
    ['Where($p,[v],Contains([w],$p) > 0)', ['b'], { v: ['a', 'b'], w: ['xbx'] }],
    ['With($n,Trim([givenName]),IIF(Len($n)>1,$n,NULL))', 'Kim', { givenName: ' Kim ' }],
    ['With($n,Trim([givenName]),IIF(Len($n)>1,$n,NULL))', null, { givenName: 'K' }],
    ['With($n,"a",With($n,$n & "b",$n & "c"))', 'abc'],
    ['With($v,[v],IIF(Left($v,1)="a",$v,NULL))', ['a1'], { v: ['a1', 'b1'] }],
    ['Left(With($v,[v],$v),1)', ['a', 'b'], { v: ['a1', 'b1'] }],
    ['Select($x,[v],With($y,$x & "!",$y & $x))', ['a!a', 'b!b'], { v: ['a', 'b'] }],
  ]);
  itFails([
    ['Error("no mail")', 'evaluation', 'Error("no mail")'],
    ['IIF(IsPresent([mail]),[mail],Error("no mail"))', 'evaluation', 'Error("no mail")'],
    ['Switch(True,1,2)', 'argument-count'],
    ['Switch(True,1,CNum("x")=1,2)', 'evaluation', '"x"'],
    ['Switch()', 'argument-count'],
    ['IIF(5,1,2)', 'argument-type', '5'],
    ['IIF(True,1)', 'argument-count'],
    ['$x', 'syntax', '$x'],
    ['With($x,$x,1)', 'syntax', '$x'],
    ['With("x",1,2)', 'argument-type', '"x"'],
    ['Where($x,[v],$x)', 'argument-type', '$x', { v: ['a'] }],
    ['ImportedValue([mail])', 'argument-type', '[mail]'],
  ]);

  it('reads the imported value beside the value with unconfirmed exports', () => {
    const given = { attributes: { proxyAddresses: ['A', 'B'] }, imported: { proxyAddresses: ['A'] } };
    expect(evaluate('[proxyAddresses]', given)).toMatchObject({ value: ['A', 'B'] });
    expect(evaluate('ImportedValue("proxyAddresses")', given)).toMatchObject({ value: ['A'] });
    expect(evaluate('ImportedValue("mail")', { attributes: { mail: 'x' } })).toEqual({ value: null, type: 'null' });
  });

  it('gives special results through IIF, Switch and With', () => {
    for (const special of ['IgnoreThisFlow', 'AuthoritativeNull']) {
      for (const text of [special, `IIF(True,${special},1)`, `Switch(True,${special})`, `With($x,1,${special})`]) {
        expect(evaluate(text)).toMatchObject({ value: { special }, special });
      }
      expect(evaluate(`${special} & "x"`)).toMatchObject({ error: { code: 'argument-type' } });
      expect(evaluate(`Len(${special})`)).toMatchObject({ error: { code: 'argument-type' } });
    }
  });

  it('refuses a special result for only some values of an attribute', () => {
    const given = { attributes: { v: ['a', 'b'] } };
    expect(evaluate('IIF([v]="a",IgnoreThisFlow,[v])', given)).toMatchObject({ error: { code: 'evaluation' } });
    expect(evaluate('IIF([v]="z",[v],IgnoreThisFlow)', given)).toMatchObject({ special: 'IgnoreThisFlow' });
  });
});
