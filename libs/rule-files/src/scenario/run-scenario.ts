import { compileRuleSet, type CompiledRuleSet, type RuleSet } from '@adjoin/engine';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { formatProblem, type RuleProblem } from '../document/problem.js';
import { connectorDefinition } from '../rule-set/connector-definition.js';
import { defaultRulesFolder, loadRuleSet, readDefaults, type DefaultRules } from '../rule-set/load-rule-set.js';
import { ScenarioDirectory } from './directory.js';
import { expectDifferences } from './expect-step.js';
import { runExport } from './export-step.js';
import type { Scenario, ScenarioStep } from './format.js';
import { readScenario } from './read-scenario.js';
import { ScenarioSpace } from './scenario-space.js';
import { scenarioServices, type ScenarioServices } from './services.js';
import type { CurrentError, World } from './world.js';

export interface ScenarioResult {
  readonly file: string;
  readonly name: string;
  readonly ok: boolean;
  /** What was expected and is different; one sentence each. */
  readonly differences: readonly string[];
}

export type ScenarioRun =
  | { readonly status: 'run'; readonly result: ScenarioResult }
  /** The file, or a rule file it names, cannot be read. */
  | { readonly status: 'unreadable'; readonly file: string; readonly problems: readonly RuleProblem[] };

export interface ScenarioOptions {
  /** Folder of the default rules, or what was read from it; reading it once for many scenarios saves most of the time. */
  readonly defaults?: string | DefaultRules | undefined;
  /** Keeps compiled rules from one scenario to the next; scenarios with the same rules, options and connectors share them. */
  readonly compiled?: CompiledRulesCache | undefined;
}

/** Compiled rules of scenarios that were run, by rule folder, options and connectors. */
export type CompiledRulesCache = Map<string, LoadedRules>;

/** Runs one scenario file on the pure engine. */
export function runScenario(file: string, options: ScenarioOptions = {}): ScenarioRun {
  const read = readScenario(file);
  if (!read.ok) return { status: 'unreadable', file, problems: read.problems };
  const { scenario } = read;
  const loaded = loadScenarioRules(scenario, file, options);
  if (!loaded.ok) return { status: 'unreadable', file, problems: loaded.problems };
  const run = new ScenarioExecution(scenario, loaded.plan, loaded.ruleSet);
  const differences = run.execute();
  return { status: 'run', result: { file, name: scenario.scenario, ok: differences.length === 0, differences } };
}

export type LoadedRules =
  | { readonly ok: true; readonly plan: CompiledRuleSet; readonly ruleSet: RuleSet }
  | { readonly ok: false; readonly problems: readonly RuleProblem[] };

function loadScenarioRules(scenario: Scenario, file: string, options: ScenarioOptions): LoadedRules {
  const { scope: _, ...ruleOptions } = scenario.options;
  const folder = scenario.rules === 'default' ? undefined : resolve(dirname(file), scenario.rules);
  const key = JSON.stringify([folder, ruleOptions, Object.entries(scenario.connectors)]);
  const known = options.compiled?.get(key);
  if (known !== undefined) return known;
  const loaded = compileScenarioRules(scenario, folder, file, options);
  if (loaded.ok) options.compiled?.set(key, loaded);
  return loaded;
}

function compileScenarioRules(
  scenario: Scenario,
  folder: string | undefined,
  file: string,
  options: ScenarioOptions,
): LoadedRules {
  const connectors = Object.entries(scenario.connectors).map(([name, description], order) =>
    connectorDefinition(name, description, order),
  );
  const { scope: _, ...ruleOptions } = scenario.options;
  const overlays = folder === undefined ? [] : [folder];
  const loaded = loadRuleSet({
    defaults: options.defaults ?? defaultRulesFolder,
    overlays,
    options: ruleOptions,
    connectors,
  });
  if (!loaded.ok) return loaded;
  const compiled = compileRuleSet(loaded.ruleSet);
  if (compiled.ok) return { ok: true, plan: compiled.plan, ruleSet: loaded.ruleSet };
  return {
    ok: false,
    problems: compiled.problems.map(({ rule, field, message }) => ({
      file,
      line: 1,
      column: 1,
      message: `Rule "${rule}", ${field}: ${message}`,
    })),
  };
}

class ScenarioExecution {
  readonly #scenario: Scenario;
  readonly #services: ScenarioServices = scenarioServices();
  readonly #space: ScenarioSpace;
  readonly #directories: ReadonlyMap<string, ScenarioDirectory>;
  readonly #exportErrors = new Map<string, CurrentError>();
  readonly #world: World;

  constructor(scenario: Scenario, plan: CompiledRuleSet, ruleSet: RuleSet) {
    this.#scenario = scenario;
    this.#space = new ScenarioSpace(plan, this.#services);
    this.#directories = new Map(
      ruleSet.connectors.map((connector) => [
        connector.name,
        new ScenarioDirectory(connector, this.#space, this.#services, scenario.options.scope[connector.name]),
      ]),
    );
    this.#world = this.#makeWorld(ruleSet);
  }

  execute(): string[] {
    const { steps } = this.#scenario;
    const differences: string[] = [];
    for (const [index, step] of steps.entries()) {
      const found = this.#step(step, steps.slice(index + 1));
      differences.push(...found.map((text) => `step ${index + 1}: ${text}`));
    }
    return differences;
  }

  #step(step: ScenarioStep, following: readonly ScenarioStep[]): string[] {
    if ('expect' in step) return expectDifferences(this.#world, step.expect);
    if ('sync' in step) this.#space.synchronize(step.sync);
    else if ('import' in step) {
      this.#directories.get(step.import)?.import(step);
      if (impliesSync(following)) this.#space.synchronize('delta');
    } else {
      const directory = this.#directories.get(step.export);
      if (directory !== undefined) runExport(step, this.#space, directory, this.#world, this.#exportErrors);
    }
    return [];
  }

  #makeWorld(ruleSet: RuleSet): World {
    const names = new Map(ruleSet.rules.map((rule) => [rule.id, rule.name]));
    const space = this.#space;
    const exportErrors = this.#exportErrors;
    return {
      ruleSet,
      cs: () => space.objects.values(),
      mv: () => space.metaverse.values(),
      csById: (id) => space.objects.get(id),
      mvById: (id) => space.metaverse.get(id),
      ruleName: (id) => names.get(id) ?? id,
      get errors() {
        const sync = [...space.errors].map(([id, { code, message }]) => {
          const cs = space.objects.get(id);
          return { connector: cs?.connector ?? '', dn: cs?.dn ?? '', code, message };
        });
        return [
          ...sync,
          ...[...exportErrors]
            .filter(([id]) => space.objects.get(id)?.pendingExport !== undefined)
            .map(([, error]) => error),
        ];
      },
    };
  }
}

/** An import is followed by a delta synchronization unless a `sync` step comes before the next `expect` or `export`. */
function impliesSync(following: readonly ScenarioStep[]): boolean {
  for (const step of following) {
    if ('sync' in step) return false;
    if ('expect' in step || 'export' in step) return true;
  }
  return true;
}

/** Folders beside scenarios that hold something else: rule files, and the statements that scenarios cover. */
const NO_SCENARIOS: readonly string[] = ['rules', 'statements'];

/** Scenario files of files and folders, in the order of their names. */
export function findScenarios(paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) => {
    if (!existsSync(path) || !statSync(path).isDirectory()) return [path];
    const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) => a.name.localeCompare(b.name));
    return entries.flatMap((entry) => {
      if (entry.isDirectory()) return NO_SCENARIOS.includes(entry.name) ? [] : findScenarios([join(path, entry.name)]);
      return /\.(ya?ml|json)$/i.test(entry.name) ? [join(path, entry.name)] : [];
    });
  });
}

/** Result of `adjoin rules test`. */
export interface ScenarioReport {
  readonly passed: number;
  readonly failed: number;
  readonly scenarios: readonly ScenarioResult[];
  /** Problems of files that cannot be read; the exit code is 2 when there are any, else 1 when a scenario failed. */
  readonly problems: readonly RuleProblem[];
}

/** Runs every scenario under the paths. */
export function runScenarioPaths(paths: readonly string[], options: ScenarioOptions = {}): ScenarioReport {
  const { defaults = defaultRulesFolder } = options;
  const once = typeof defaults === 'string' ? readDefaults(defaults) : defaults;
  const shared = { ...options, defaults: once, compiled: options.compiled ?? new Map<string, LoadedRules>() };
  const runs = findScenarios(paths).map((file) => runScenario(file, shared));
  const scenarios = runs.flatMap((run) => (run.status === 'run' ? [run.result] : []));
  const passed = scenarios.filter(({ ok }) => ok).length;
  return {
    passed,
    failed: scenarios.length - passed,
    scenarios,
    problems: runs.flatMap((run) => (run.status === 'unreadable' ? run.problems : [])),
  };
}

/** The report for people: one line a scenario, differences below a failure, and the totals. */
export function printScenarioReport(report: ScenarioReport): string {
  const lines = report.scenarios.flatMap(({ ok, name, file, differences }) => [
    `${ok ? 'ok    ' : 'FAILED'} ${name}${ok ? '' : ` (${file})`}`,
    ...differences.map((difference) => `         ${difference}`),
  ]);
  return [...lines, ...report.problems.map(formatProblem), `${report.passed} passed, ${report.failed} failed`].join(
    '\n',
  );
}
