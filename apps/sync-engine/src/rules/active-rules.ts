import { createHash } from 'node:crypto';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { compileRuleSet, type CompiledRuleSet, type ConnectorDefinition, type TargetCapabilities } from '@adjoin/engine';
import { connectorDefinition, defaultRulesFolder, formatProblem, loadRuleSet } from '@adjoin/rule-files';
import { GRAPH_CAPABILITIES, SyncError, type AdjoinConfig } from '@adjoin/contracts';
import type { Logger } from '@adjoin/shared';
import { referenceChains, TargetEdges } from '../edges/target-edges.js';
import type { Store } from '../store.js';

export interface RuleFile {
  readonly path: string;
  readonly content: string;
}

/** A rule set, compiled and named by its hash. */
export interface LoadedRules {
  readonly plan: CompiledRuleSet;
  readonly hash: string;
  readonly inclusion: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  readonly files: readonly RuleFile[] | undefined;
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
            parameters: { 'Forest.Netbios': connector.netbios, 'Connector.GroupFilteringGroupDn': connector.groupFilter ?? '' },
          }
        : { type: 'entra' },
      order,
      connector.id,
    ),
  );
}

/** What the channels of the targets can hold; a type without attributes cannot be held at all. */
export function capabilitiesOf(config: AdjoinConfig): Readonly<Record<string, TargetCapabilities>> {
  const graph: TargetCapabilities = {
    types: Object.fromEntries(
      Object.entries(GRAPH_CAPABILITIES)
        .filter(([, names]) => names.length > 0)
        .map(([type, names]) => [type, new Set(names)]),
    ),
  };
  return Object.fromEntries(config.connectors.flatMap((connector) => (connector.type === 'entra' && connector.channel === 'graph' ? [[connector.name, graph]] : [])));
}

function canHold(config: AdjoinConfig, target: string, type: string, attribute: string): boolean {
  const capabilities = capabilitiesOf(config)[target];
  if (capabilities === undefined) return true;
  const names = capabilities.types[type];
  return names === 'all' || (names?.has(attribute) ?? false);
}

/** Loads and compiles default rules with overlays: folders of the configuration, or the files that were applied by an operator. */
export async function loadRules(config: AdjoinConfig, files: readonly RuleFile[] | undefined): Promise<LoadedRules> {
  const folder = files === undefined ? undefined : await unpack(files);
  try {
    const loaded = loadRuleSet({
      defaults: process.env['ADJOIN_DEFAULT_RULES'] ?? defaultRulesFolder,
      overlays: folder === undefined ? config.rules.overlays : [folder],
      options: config.rules.options as Parameters<typeof loadRuleSet>[0]['options'],
      connectors: connectorDefinitions(config),
    });
    if (!loaded.ok) throw new SyncError('ADJ-ENG-2001', `The rule set is invalid:\n${loaded.problems.map(formatProblem).join('\n')}`);
    const compiled = compileRuleSet(loaded.ruleSet, { capabilities: capabilitiesOf(config), allowInvalid: true });
    if (!compiled.ok) {
      throw new SyncError('ADJ-ENG-2001', `The rule set is invalid:\n${compiled.problems.map((problem) => `${problem.rule}: ${problem.message}`).join('\n')}`);
    }
    const hash = createHash('sha256').update(JSON.stringify(loaded.ruleSet.rules)).digest('hex');
    const inclusion = Object.fromEntries(config.connectors.map(({ name }) => [name, compiled.plan.inclusion(name)]));
    return { plan: compiled.plan, hash, inclusion, files };
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

async function unpack(files: readonly RuleFile[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'adjoin-rules-'));
  for (const file of files) {
    const path = join(folder, normalize(`/${file.path}`));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, file.content);
  }
  return folder;
}

/** Values for a pipeline update, where text that begins with `$` would be read as an expression. */
const literal = (document: object): object => Object.fromEntries(Object.entries(document).map(([key, value]) => [key, { $literal: value }]));

/** The rule set in force. A new one is stored as an immutable version, every object becomes due, and deletes wait for the end of that sweep. */
export class ActiveRules {
  readonly #store: Store;
  readonly #config: AdjoinConfig;
  readonly #log: Logger;
  #current: LoadedRules | undefined;
  #edges: TargetEdges | undefined;

  constructor(store: Store, config: AdjoinConfig, log: Logger) {
    this.#store = store;
    this.#config = config;
    this.#log = log;
  }

  get plan(): CompiledRuleSet {
    if (this.#current === undefined) throw new SyncError('ADJ-ENG-2001', 'No rule set is loaded yet.', { retry: 'later' });
    return this.#current.plan;
  }

  get targetEdges(): TargetEdges {
    if (this.#edges === undefined) throw new SyncError('ADJ-ENG-2001', 'No rule set is loaded yet.', { retry: 'later' });
    return this.#edges;
  }

  /** At start: what an operator applied last, else the configured overlays. */
  async load(): Promise<void> {
    const active = await this.#store.ruleSets.findOne({ _id: 'active' });
    const files = Array.isArray(active?.['files']) ? (active['files'] as RuleFile[]) : undefined;
    await this.activate(await loadRules(this.#config, files));
  }

  async activate(rules: LoadedRules): Promise<void> {
    const active = await this.#store.ruleSets.findOne({ _id: 'active' });
    this.#current = rules;
    this.#edges = new TargetEdges(this.#store, referenceChains(rules.plan, (target, type, attribute) => canHold(this.#config, target, type, attribute)));
    if (active?.['hash'] === rules.hash) return;
    await this.#store.exclusive('sync', async (session) => {
      const now = new Date();
      const document = { hash: rules.hash, files: rules.files ?? null, inclusion: rules.inclusion, at: now };
      await this.#store.ruleSets.updateOne({ _id: rules.hash }, { $setOnInsert: document }, { upsert: true, session });
      await this.#store.ruleSets.updateOne({ _id: 'active' }, [{ $set: { ...literal(document), epoch: { $add: [{ $ifNull: ['$epoch', 0] }, 1] } } }], { upsert: true, session });
      await this.#store.cs.updateMany({ state: { $ne: 'placeholder' } }, { $set: { dirtyAt: now, dirtyReason: 'rules' } }, { session });
    });
    this.#log.info({ event: 'rules.activated', hash: rules.hash, rules: rules.plan.ruleSet.rules.length });
  }
}
