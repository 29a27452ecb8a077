import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import {
  GRAPH_CAPABILITIES,
  SYNC_SERVICE_ATTRIBUTES,
  SyncError,
  extensionName,
  isWritten,
  writableAttributes,
  type AdConnectorConfig,
  type AdjoinConfig,
  type EntraConnectorConfig,
} from '@adjoin/contracts';
import {
  compileRuleSet,
  type CompiledRuleSet,
  type ConnectorDefinition,
  type TargetCapabilities,
} from '@adjoin/engine';
import { formatProblem } from '../document/problem.js';
import { connectorDefinition } from '../rule-set/connector-definition.js';
import type { RuleOptions } from '../options/rule-options.js';
import { defaultRulesFolder, loadRuleSet } from '../rule-set/load-rule-set.js';

/** A file of an applied rule set as it is stored: path inside the folder, and text. */
export interface StoredRuleFile {
  readonly path: string;
  readonly content: string;
}

/** A rule set, compiled and named by its hash. */
export interface LoadedRules {
  readonly plan: CompiledRuleSet;
  readonly hash: string;
  readonly inclusion: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  readonly files: readonly StoredRuleFile[] | undefined;
}

/** Connectors of the configuration as rules see them. */
export function connectorDefinitions(config: AdjoinConfig): readonly ConnectorDefinition[] {
  return config.connectors.map((connector, order) =>
    connectorDefinition(
      connector.name,
      connector.type === 'ad'
        ? {
            type: 'ad',
            forest: connector.forest,
            domains: Object.fromEntries(connector.domains.map((domain) => [domain.fqdn, domain.netbios])),
            parameters: {
              'Forest.Netbios': connector.netbios,
              'Connector.GroupFilteringGroupDn': connector.groupFilter ?? '',
            },
          }
        : { type: 'entra' },
      order,
      connector.id,
    ),
  );
}

/** The pilot groups, by connector: with one, the rules let only its direct members through. */
function groupFilters(config: AdjoinConfig): Readonly<Record<string, string>> {
  return Object.fromEntries(
    config.connectors.flatMap((connector) =>
      connector.type === 'ad' && connector.groupFilter !== undefined ? [[connector.name, connector.groupFilter]] : [],
    ),
  );
}

/** What is written back, by forest; forests without are left out. */
function writeBackOf(config: AdjoinConfig): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    config.connectors.flatMap((connector) =>
      connector.type === 'ad' && isWritten(connector) ? [[connector.name, connector.writeBack ?? []]] : [],
    ),
  );
}

/** The sync service takes every type and every attribute that rules can write. */
const SYNC_SERVICE: TargetCapabilities = {
  types: Object.fromEntries(Object.keys(SYNC_SERVICE_ATTRIBUTES).map((type) => [type, 'all'])),
};

const writeBackCapabilities = (connector: AdConnectorConfig): TargetCapabilities => ({
  types: Object.fromEntries(
    [...writableAttributes(connector)].map(([type, attributes]) => [type, new Set(attributes.keys())]),
  ),
});

/** What the channels of the targets can hold, and what is written back to a forest; a type without attributes cannot be held at all. */
export function capabilitiesOf(config: AdjoinConfig): Readonly<Record<string, TargetCapabilities>> {
  return Object.fromEntries(
    config.connectors.flatMap((connector) =>
      connector.type === 'entra'
        ? [[connector.name, connector.channel === 'graph' ? graphCapabilities(connector) : SYNC_SERVICE]]
        : isWritten(connector)
          ? [[connector.name, writeBackCapabilities(connector)]]
          : [],
    ),
  );
}

/** What Graph holds by itself, and the directory extensions that are configured. */
function graphCapabilities({ clientId, directoryExtensions }: EntraConnectorConfig): TargetCapabilities {
  const extensions = (type: string): readonly string[] =>
    directoryExtensions
      .filter(({ objectTypes }) => objectTypes.some((one) => one === type))
      .map(({ attribute }) => extensionName(clientId, attribute));
  return {
    types: Object.fromEntries(
      Object.entries(GRAPH_CAPABILITIES)
        .filter(([, names]) => names.length > 0)
        .map(([type, names]) => [type, new Set([...names, ...extensions(type)])]),
    ),
  };
}

/** Whether a target can hold an attribute of a type; a target without known limits holds everything. */
export function canHold(config: AdjoinConfig, target: string, type: string, attribute: string): boolean {
  const capabilities = capabilitiesOf(config)[target];
  if (capabilities === undefined) return true;
  const names = capabilities.types[type];
  return names === 'all' || (names?.has(attribute) ?? false);
}

/**
 * Loads and compiles default rules with overlays: folders of the configuration, or the files that were applied by an operator.
 *
 * @throws SyncError ADJ-ENG-2001 with every problem when the rules are invalid
 */
export async function loadRules(
  config: AdjoinConfig,
  files: readonly StoredRuleFile[] | undefined,
): Promise<LoadedRules> {
  const folder = files === undefined ? undefined : await unpack(files);
  try {
    const loaded = loadRuleSet({
      defaults: process.env['ADJOIN_DEFAULT_RULES'] ?? defaultRulesFolder,
      overlays: folder === undefined ? config.rules.overlays : [folder],
      options: { ...(config.rules.options as RuleOptions), groupFilter: groupFilters(config) },
      connectors: connectorDefinitions(config),
    });
    if (!loaded.ok)
      throw new SyncError('ADJ-ENG-2001', `The rule set is invalid:\n${loaded.problems.map(formatProblem).join('\n')}`);
    const compiled = compileRuleSet(loaded.ruleSet, { capabilities: capabilitiesOf(config), allowInvalid: true });
    if (!compiled.ok) {
      throw new SyncError(
        'ADJ-ENG-2001',
        `The rule set is invalid:\n${compiled.problems.map((problem) => `${problem.rule}: ${problem.message}`).join('\n')}`,
      );
    }
    // The rules name the group of a group filter by a parameter: another group is another rule set. So is what becomes writable: everything is decided again.
    const beside = [groupFilters(config), writeBackOf(config)].filter((one) => Object.keys(one).length > 0);
    const decisive = beside.length === 0 ? loaded.ruleSet.rules : [loaded.ruleSet.rules, ...beside];
    const hash = createHash('sha256').update(JSON.stringify(decisive)).digest('hex');
    const inclusion = Object.fromEntries(config.connectors.map(({ name }) => [name, compiled.plan.inclusion(name)]));
    return { plan: compiled.plan, hash, inclusion, files };
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

async function unpack(files: readonly StoredRuleFile[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'adjoin-rules-'));
  for (const file of files) {
    const path = join(folder, normalize(`/${file.path}`));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, file.content);
  }
  return folder;
}
