import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatProblem } from '../document/problem.js';
import { defaultRulesFolder, readDefaults } from '../rule-set/load-rule-set.js';
import { findScenarios, runScenario, type LoadedRules } from './run-scenario.js';

const defaults = readDefaults(defaultRulesFolder);
const compiled = new Map<string, LoadedRules>();
const folder = join(import.meta.dirname, '../../../engine/conformance');

describe('the engine conforms to', () => {
  it.each(findScenarios([folder]).map((file) => relative(folder, file)))('%s', (file) => {
    const run = runScenario(join(folder, file), { defaults, compiled });
    if (run.status === 'unreadable') throw new Error(run.problems.map(formatProblem).join('\n'));
    expect(run.result.differences).toEqual([]);
  });
});
