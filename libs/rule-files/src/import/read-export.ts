import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { plainGuid, readExportedRule, RULE_ELEMENTS } from './read-rule.js';
import type { ExportedConnector, ExportedRule, ImportNote, ServerExport } from './exported-rule.js';
import { readXml, type XmlElement, type XmlRead } from './xml.js';

const OTHER_FILE =
  'No rule is in this file. Attributes of your own that the rules use go under `attributes` of the rule file.';

/**
 * Reads what `Get-ADSyncServerConfiguration` of Entra Connect writes: a folder with `Connectors` and `SynchronizationRules`, or one file.
 * Files that hold neither are named in the notes. Throws the error of the file system when the path cannot be read.
 */
export function readServerExport(path: string): ServerExport {
  const connectors: ExportedConnector[] = [];
  const rules: ExportedRule[] = [];
  const notes: ImportNote[] = [];
  for (const file of xmlFiles(path)) {
    const name = statSync(path).isDirectory() ? relative(path, file) : path;
    const read = readFile(file);
    if (!read.ok) {
      const { line, column, message } = read;
      notes.push({ kind: 'unreadable', file: name, line, column, message });
      continue;
    }
    const found = inclusive(read.root, ...RULE_ELEMENTS);
    const agents = inclusive(read.root, 'madata');
    rules.push(...found.map((element) => readExportedRule(element, name)));
    connectors.push(...agents.map(connectorOf));
    if (agents.length > 0)
      notes.push({
        kind: 'info',
        file: name,
        line: null,
        column: null,
        message: 'Of a connector only name and domains are read; scope, schedule and account are configured in Adjoin.',
      });
    if (found.length === 0 && agents.length === 0)
      notes.push({ kind: 'info', file: name, line: null, column: null, message: OTHER_FILE });
  }
  rules.sort((a, b) => (a.precedence || 0) - (b.precedence || 0));
  return { connectors: withInferred(connectors, rules), rules, notes };
}

function xmlFiles(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => /\.xml$/i.test(entry.name) && !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** A whole configuration of Entra Connect has about 2 MB; the document in memory takes about a hundred times the size of its file. */
const LARGEST_FILE = 16 * 1024 * 1024;

function readFile(file: string): XmlRead {
  const unreadable = (message: string): XmlRead => ({ ok: false, line: 1, column: 1, message });
  if (statSync(file).size > LARGEST_FILE) return unreadable('Files of more than 16 MB are not read.');
  const text = decoded(readFileSync(file));
  return text === undefined ? unreadable('The file is neither UTF-8 nor UTF-16.') : readXml(text);
}

/** PowerShell writes UTF-16 as readily as UTF-8. */
function decoded(bytes: Buffer): string | undefined {
  const mark = bytes.subarray(0, 2).toString('hex');
  const encoding = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined; // not in this encoding
  }
}

const inclusive = (root: XmlElement, ...names: readonly string[]): readonly XmlElement[] =>
  names.includes(root.name) ? [root] : root.descendants(...names);

function connectorOf(element: XmlElement): ExportedConnector {
  const category = element.childText('category');
  const about = `${element.childText('subtype')} ${element.childText('malistname')}`;
  const kind = category === 'AD' ? 'ad' : /Azure Active Directory|Entra/i.test(about) ? 'entra' : 'other';
  const forest = element.descendants('forestname')[0]?.text;
  const partitions = element.descendants('partition').map((partition) => {
    const value = (name: string): string =>
      partition.descendants('parameter').find((one) => one.attribute('name') === name)?.text ?? '';
    return [value('Domain.FQDN'), value('Domain.Netbios')] as const;
  });
  const domains = Object.fromEntries(partitions.filter(([fqdn]) => fqdn !== ''));
  return { id: plainGuid(element.childText('id')), name: element.childText('name'), kind, forest, domains };
}

/** Without the files of the connectors, the default rules tell which connector is of which kind. */
function withInferred(
  known: readonly ExportedConnector[],
  rules: readonly ExportedRule[],
): readonly ExportedConnector[] {
  const found = new Map(known.map((one) => [one.id, one]));
  for (const { connector, tag } of rules) {
    const place = /^Microsoft\.(?:Infrom|Outto)(AAD|AD)/i.exec(tag)?.[1]?.toUpperCase();
    if (found.has(connector) || place === undefined) continue;
    found.set(connector, { id: connector, name: connector, kind: place === 'AAD' ? 'entra' : 'ad', domains: {} });
  }
  return [...found.values()];
}
