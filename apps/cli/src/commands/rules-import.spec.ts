import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../testing/run-cli.js';

const FOREST = '{11111111-aaaa-4aaa-8aaa-000000000001}';
const connector = `<ma-data><id>${FOREST}</id><name>lab.test</name><category>AD</category></ma-data>`;
const rule = (name: string, more = ''): string => `<?xml version="1.0" encoding="utf-8"?>
<synchronizationRule>
  <name>${name}</name>
  <direction>Inbound</direction>
  <connector>${FOREST}</connector>
  <sourceObjectType>user</sourceObjectType>
  <targetObjectType>person</targetObjectType>
  <linkType>Join</linkType>
  <precedence>50</precedence>
  <attribute-mappings><mapping><src><attr>comment</attr></src><dest>info</dest></mapping></attribute-mappings>
  ${more}
</synchronizationRule>`;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'adjoin-'));
  mkdirSync(join(root, 'export', 'SynchronizationRules'), { recursive: true });
  writeFileSync(join(root, 'export', 'forest.xml'), connector);
});
afterEach(() => rmSync(root, { recursive: true }));

const put = (name: string, text: string): void =>
  writeFileSync(join(root, 'export', 'SynchronizationRules', name), text);
const importTo = (...more: readonly string[]) => runCli(['rules', 'import', join(root, 'export'), ...more]);

describe('adjoin rules import', () => {
  it('writes a rule file that the other rule commands take', async () => {
    put('a.xml', rule('In from AD - Comment'));
    const mine = join(root, 'mine');
    expect(await importTo(mine)).toMatchObject({ exit: 0, err: '' });
    expect(await runCli(['rules', 'validate', mine])).toMatchObject({ exit: 0 });
    expect((await runCli(['rules', 'diff', mine])).out).toContain('added In from AD - Comment');
  });

  it('puts the rule file on standard output and what is to be said on standard error', async () => {
    put('a.xml', rule('In from AD - Comment'));
    const { out, err, exit } = await importTo();
    expect(exit).toBe(0);
    expect(out).toMatch(/^# Imported[^]*flows:\n +info: comment\n$/);
    expect(err).toContain('1 rules in the export: 1 own');
    const json = JSON.parse((await importTo('--json')).out) as Record<string, unknown>;
    expect(json).toMatchObject({ file: null, complete: true, exported: 1, rules: 1, defaults: 0, problems: [] });
    expect(json['overlay']).toBe(out);
  });

  it('ends with 3 when something is left out, and names file, line and column', async () => {
    put('a.xml', rule('In from AD - Comment', '<weather>sunny</weather>'));
    const { out, exit } = await importTo(join(root, 'mine.yaml'));
    expect(exit).toBe(3);
    expect(out).toContain(`${join('SynchronizationRules', 'a.xml')}:11:3 "In from AD - Comment": <weather>`);
    expect(readFileSync(join(root, 'mine.yaml'), 'utf8')).toContain('info: comment');
  });

  it('ends with 3 when the result is not valid, and says where', async () => {
    put('a.xml', rule('In from AD - Comment').replace('comment', 'badgeNumber'));
    const { out, exit } = await importTo('--json');
    expect(exit).toBe(3);
    expect(JSON.parse(out)).toMatchObject({
      complete: false,
      problems: [{ message: 'Unknown attribute "badgeNumber".' }],
    });
  });

  it('does not write over a file without --force', async () => {
    put('a.xml', rule('In from AD - Comment'));
    const file = join(root, 'mine.yml');
    writeFileSync(file, 'mine');
    expect(await importTo(file)).toMatchObject({ exit: 2, err: expect.stringContaining('--force') as string });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect((await importTo(file, '--force')).exit).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('rules:');
  });

  it('says when the rule file cannot be written', async () => {
    put('a.xml', rule('In from AD - Comment'));
    const { exit, err } = await importTo(join(root, 'export', 'forest.xml', 'mine.yaml'));
    expect(exit).toBe(1);
    expect(err).toContain('ADJ-CLI-6004');
  });

  const bomb = `<!DOCTYPE r [<!ENTITY a "${'x'.repeat(100)}">${Array.from({ length: 20 }, (_, n) => `<!ENTITY a${n} "&a;&a;">`).join('')}]>`;
  it.each([
    ['an element that is not closed', '<synchronizationRule>\n <name>', ':2:2 '],
    ['another end tag', '<a>\n<b></c></a>', ':2:1 '],
    ['an entity that is not declared', '<synchronizationRule>\n<name>&boss;</name></synchronizationRule>', ':2:1 '],
    ['entities in entities', `<?xml version="1.0"?>\n${bomb}<r>&a19;</r>`, ':2:1 '],
    ['an entity from outside', '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>', ':1:1 '],
    ['nothing', '', ':1:1 '],
    ['bytes of no known encoding', Buffer.from([0x3c, 0x61, 0xff, 0xfe, 0x3e]).toString('latin1'), ':1:1 '],
    ['an endless beginning', '<a>'.repeat(20_000), ':1:'],
  ])('ends with 2 for a file with %s, names the place and writes nothing', async (_, text, place) => {
    put('a.xml', rule('In from AD - Comment'));
    writeFileSync(join(root, 'export', 'b.xml'), Buffer.from(text, text.includes('\xff') ? 'latin1' : 'utf8'));
    const { exit, err } = await importTo(join(root, 'mine'));
    expect(exit).toBe(2);
    expect(err).toContain('ADJ-CLI-6002');
    expect(err).toContain(`b.xml${place}`);
    expect(err.length).toBeLessThan(1000);
    expect(existsSync(join(root, 'mine'))).toBe(false);
  });

  it('ends with 2 for a folder without rules and for a path that is not there', async () => {
    expect(await importTo()).toMatchObject({
      exit: 2,
      err: expect.stringContaining('no synchronization rule') as string,
    });
    expect((await runCli(['rules', 'import', join(root, 'nothing')])).exit).toBe(2);
    expect((await runCli(['rules', 'import', join(root, 'export'), '--connector', 'x'])).exit).toBe(2);
  });

  it('calls a connector as it is told to', async () => {
    writeFileSync(
      join(root, 'export', 'other.xml'),
      connector.replace('0001}', '0002}').replace('lab.test', 'a=b.test'),
    );
    put('a.xml', rule('In from AD - Comment').replace('0001}', '0002}'));
    const { out } = await importTo('--connector', 'a=b.test=res', '--connector', `${FOREST}=corp`);
    expect(out).toContain('connector: res');
  });
});
