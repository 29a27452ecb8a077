import { stringify } from 'yaml';
import type { ConnectorDefinition } from '@adjoin/engine';
import { connectorDefinition } from '../rule-set/connector-definition.js';
import { defaultRulesFolder, loadRuleSet, readDefaults } from '../rule-set/load-rule-set.js';
import { FIRST_DEFAULT_PRECEDENCE } from '../rule-set/precedence.js';
import { compareDefault } from './compare-defaults.js';
import { convertRule, type OverlayRule } from './convert-rule.js';
import type { ExportedConnector, ExportedRule, ImportNote } from './exported-rule.js';
import { readServerExport } from './read-export.js';

export interface ImportOptions {
  /** Names of connectors in Adjoin by name or GUID in the export. */
  readonly connectors?: Readonly<Record<string, string>> | undefined;
}

export interface RuleImport {
  /** Text of the rule file. */
  readonly overlay: string;
  /** Own rules in it, and default rules that it disables. */
  readonly rules: number;
  readonly disabled: number;
  /** Rules of the export: own ones and default rules. */
  readonly exported: number;
  readonly defaults: number;
  /** Everything that is not in the file, or that a person has to look at. */
  readonly notes: readonly ImportNote[];
  /** Connectors of the export, to check the file with. */
  readonly connectors: readonly ConnectorDefinition[];
}

const HEADER = ' Imported from the configuration of Entra Connect. The format is described in docs/rules.md.';

/**
 * Turns an export of Entra Connect into a rule file laid over the default rules: own rules are written out, default rules are not repeated
 * but disabled where the export disables them. What cannot be said is left out and listed. Throws the file system's error for an unreadable path.
 */
export function importRules(path: string, options: ImportOptions = {}): RuleImport {
  const source = readServerExport(path);
  const names = new ConnectorNames(source.connectors, options.connectors ?? {});
  const loaded = loadRuleSet({ defaults: defaultRulesFolder, connectors: names.definitions });
  if (!loaded.ok) throw new Error('The default rules cannot be loaded.');
  const templates = new Set(
    readDefaults(defaultRulesFolder)
      .rules.files.flatMap(({ content }) => content.rules ?? [])
      .map(({ name }) => name),
  );
  const notes: ImportNote[] = [...source.notes];
  const rules: OverlayRule[] = [];
  const disable: string[] = [];
  const known = new Set(loaded.ruleSet.rules.map(({ name }) => name));
  for (const exported of source.rules) {
    const connector = names.of(exported.connector);
    if (connector === undefined) {
      notes.push(
        noteOf(
          exported,
          'left-out',
          `Its connector ${exported.connector} is neither Active Directory nor Entra ID, or is not in the export.`,
        ),
      );
    } else if (exported.tag !== '') {
      notes.push(...compareDefault(exported, loaded.ruleSet, templates));
      if (exported.disabled && known.has(exported.name))
        disable.push(names.qualified(exported.name, exported.connector));
    } else {
      const rule = ownRule(exported, connector, { rules: source.rules, known, notes, connectors: source.connectors });
      if (rule !== undefined) rules.push(rule);
    }
  }
  notes.push(...names.notes(path));
  const content = { ...(rules.length === 0 ? {} : { rules }), ...(disable.length === 0 ? {} : { disable }) };
  return {
    overlay: `#${HEADER}\n${Object.keys(content).length === 0 ? 'rules: []\n' : stringify(content, { lineWidth: 140 })}`,
    rules: rules.length,
    disabled: disable.length,
    exported: source.rules.length,
    defaults: source.rules.filter(({ tag }) => tag !== '').length,
    notes,
    connectors: names.definitions,
  };
}

interface Surroundings {
  readonly rules: readonly ExportedRule[];
  readonly known: ReadonlySet<string>;
  readonly notes: ImportNote[];
  readonly connectors: readonly ExportedConnector[];
}

function ownRule(exported: ExportedRule, connector: string, around: Surroundings): OverlayRule | undefined {
  const { rule, misfits } = convertRule(exported);
  for (const { fatal, message, line, column } of misfits) {
    around.notes.push({
      ...noteOf(exported, 'left-out', fatal ? `The whole rule is left out. ${message}` : message),
      ...{ line, column },
    });
  }
  if (rule === undefined) return undefined;
  const place = placeOf(exported, around);
  if (place === undefined) {
    around.notes.push(
      noteOf(
        exported,
        'left-out',
        `The whole rule is left out: precedence ${exported.precedence} is behind all default rules, and Adjoin has no place there.`,
      ),
    );
    return undefined;
  }
  const taken = around.known.has(exported.name);
  if (taken) around.notes.push(noteOf(exported, 'check', 'Renamed: a default rule of Adjoin has this name.'));
  const text = JSON.stringify(rule).toLowerCase();
  if (around.connectors.some(({ id }) => id !== '' && text.includes(id)))
    around.notes.push(
      noteOf(
        exported,
        'check',
        'It contains the GUID of a connector of Entra Connect; connectors of Adjoin have other ones. Use %Connector.ID%.',
      ),
    );
  return { name: taken ? `${exported.name} (imported)` : exported.name, ...place, connector, ...rule };
}

/** Own numbers stay; among the default rules an own rule is placed before the one that followed it. */
function placeOf(
  exported: ExportedRule,
  { rules, known }: Surroundings,
): { precedence: number } | { before: string } | undefined {
  if (exported.precedence < FIRST_DEFAULT_PRECEDENCE && !isGuid(exported.precedenceBefore))
    return { precedence: exported.precedence };
  const named = rules.find(({ id }) => id !== '' && id === exported.precedenceBefore);
  const next = [named, ...rules.filter((rule) => rule.precedence > exported.precedence)].find(
    (rule) => rule !== undefined && rule.tag !== '' && known.has(rule.name),
  );
  return next === undefined ? undefined : { before: next.name };
}

const isGuid = (text: string): boolean => /[1-9a-f]/.test(text);

function noteOf({ file, line, column, name }: ExportedRule, kind: ImportNote['kind'], message: string): ImportNote {
  return { kind, file, line, column, rule: name, message };
}

/** How connectors of the export are called in rule files: by kind when there is one of it, else by name. */
class ConnectorNames {
  readonly definitions: readonly ConnectorDefinition[];
  readonly #names = new Map<string, string>();
  readonly #several: readonly ExportedConnector[];

  constructor(connectors: readonly ExportedConnector[], given: Readonly<Record<string, string>>) {
    const named = new Map(Object.entries(given));
    const usable = connectors.filter(({ kind }) => kind !== 'other');
    const ofKind = (kind: string): number => usable.filter((one) => one.kind === kind).length;
    const nameOf = (one: ExportedConnector): string | undefined => named.get(one.name) ?? named.get(one.id);
    for (const one of usable) this.#names.set(one.id, nameOf(one) ?? (ofKind(one.kind) === 1 ? one.kind : one.name));
    this.#several = usable.filter((one) => ofKind(one.kind) > 1 && nameOf(one) === undefined);
    this.definitions = [
      ...usable.map((one, order) => definitionOf(one, this.#names.get(one.id) ?? one.name, order)),
      ...(ofKind('ad') === 0 ? [connectorDefinition('corp', { type: 'ad', forest: 'corp.test' }, usable.length)] : []),
      ...(ofKind('entra') === 0 ? [connectorDefinition('entra', { type: 'entra' }, usable.length + 1)] : []),
    ];
  }

  of(id: string): string | undefined {
    return this.#names.get(id);
  }

  /** Name of a rule, with its connector when there are several of the kind. */
  qualified(rule: string, id: string): string {
    const name = this.#names.get(id);
    return name === undefined || name === 'ad' || name === 'entra' ? rule : `${rule} @ ${name}`;
  }

  notes(file: string): ImportNote[] {
    return this.#several.map(({ name }) => ({
      kind: 'check',
      file,
      line: null,
      column: null,
      message: `Rules name the connector "${name}" as the export does; give its name in Adjoin with --connector "${name}=name".`,
    }));
  }
}

function definitionOf(
  { kind, forest = 'corp.test', domains }: ExportedConnector,
  name: string,
  order: number,
): ConnectorDefinition {
  // A kind stands for its only connector in rule files, so the connector itself may be called anything else.
  const own = name === 'ad' ? 'corp' : name;
  if (kind === 'entra') return connectorDefinition(own, { type: 'entra' }, order);
  return connectorDefinition(
    own,
    { type: 'ad', forest, ...(Object.keys(domains).length === 0 ? {} : { domains }) },
    order,
  );
}
