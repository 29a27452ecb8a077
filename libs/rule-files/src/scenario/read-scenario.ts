import { readFileSync } from 'node:fs';
import type { RuleProblem } from '../document/problem.js';
import { nearestName } from '../document/nearest-name.js';
import { YamlDocument } from '../document/yaml-document.js';
import { SCENARIO_KEYS, scenarioSchema, type Scenario } from './format.js';

export type ScenarioRead =
  | { readonly ok: true; readonly scenario: Scenario; readonly document: YamlDocument }
  | { readonly ok: false; readonly problems: readonly RuleProblem[] };

/** Reads a scenario file; every problem comes with line and column. */
export function readScenario(file: string): ScenarioRead {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return { ok: false, problems: [{ file, line: 1, column: 1, message: 'The file cannot be read.' }] };
  }
  const document = new YamlDocument(file, text);
  if (document.syntaxProblems.length > 0) return { ok: false, problems: document.syntaxProblems };
  const parsed = scenarioSchema.safeParse(document.data);
  if (!parsed.success) return { ok: false, problems: document.zodProblems(parsed.error, SCENARIO_KEYS) };
  const problems = connectorProblems(parsed.data, document);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, scenario: parsed.data, document };
}

function connectorProblems(scenario: Scenario, document: YamlDocument): RuleProblem[] {
  const names = Object.keys(scenario.connectors);
  return scenario.steps.flatMap((step, index) => {
    const used = 'import' in step ? [['import', step.import]] : 'export' in step ? [['export', step.export]] : [];
    return used
      .filter(([, name]) => name !== undefined && !names.includes(name))
      .map(([key, name]) =>
        document.problem(['steps', index, key ?? ''], `Unknown connector "${name}".`, nearestName(name ?? '', names)),
      );
  });
}
