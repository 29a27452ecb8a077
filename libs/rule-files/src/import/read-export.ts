import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { plainGuid, readExportedRule, RULE_ELEMENTS } from './read-rule.js';
import type { ExportedConnector, ExportedRule, ImportNote, ServerExport } from './exported-rule.js';
import { readXml, type XmlElement } from './xml.js';

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
    const read = readXml(decoded(readFileSync(file)));
    if (!read.ok) {
      notes.push({ kind: 'left-out', file: name, line: read.line, message: read.message });
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
        message: 'Of a connector only name and domains are read; scope, schedule and account are configured in Adjoin.',
      });
    if (found.length === 0 && agents.length === 0)
      notes.push({ kind: 'info', file: name, line: null, message: OTHER_FILE });
  }
  rules.sort((a, b) => a.precedence - b.precedence);
  return { connectors: withInferred(connectors, rules), rules, notes };
}

function xmlFiles(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.xml$/i.test(name))
    .sort()
    .map((name) => join(path, name));
}

/** PowerShell writes UTF-16 as readily as UTF-8. */
function decoded(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le');
  return bytes.toString('utf8');
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
