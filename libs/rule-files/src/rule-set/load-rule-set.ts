import type { ConnectorDefinition, RuleSet } from '@adjoin/engine';
import { join } from 'node:path';
import { nearestName } from '../document/nearest-name.js';
import { compareProblems, formatProblem, type RuleProblem } from '../document/problem.js';
import { conditionContext, type ConditionContext } from '../options/condition.js';
import { resolveRuleOptions, type ResolvedRuleOptions, type RuleOptions } from '../options/rule-options.js';
import { readRuleFolder, type LoadedRuleFile, type RuleFolder } from '../rule-file/read-rule-folder.js';
import { extendSchema, loadAttributeSchema, type AttributeSchema } from '../schema/attribute-schema.js';
import { connectorsOf } from './connectors-of.js';
import type { DraftRule } from './draft.js';
import { Expansion } from './expand.js';
import { ruleFingerprint } from './fingerprint.js';
import { planInclusion, type InclusionPlan } from './inclusion.js';
import { applyOverlay } from './overlay.js';
import { assignPrecedence } from './precedence.js';
import { DraftValidator } from './validate-draft.js';

export interface RuleSetSource {
  /** Folder of the default rules, see {@link defaultRulesFolder}, or what {@link readDefaults} read from one. */
  readonly defaults: string | DefaultRules;
  /** Folders (or files) of own rules, applied in this order. */
  readonly overlays?: readonly string[] | undefined;
  readonly options?: RuleOptions | undefined;
  readonly connectors: readonly ConnectorDefinition[];
}

/** Default rules and attribute schema as read from their folders. */
export interface DefaultRules {
  readonly rules: RuleFolder;
  readonly schema: ReturnType<typeof loadAttributeSchema>;
}

/** Reads the default rules once for several rule sets; the attribute schema is in `schema` beside them. */
export function readDefaults(folder: string): DefaultRules {
  return { rules: readRuleFolder(folder), schema: loadAttributeSchema(join(folder, '../schema')) };
}

export type RuleSetLoad =
  | {
      readonly ok: true;
      /** Rules by precedence; connectors carry the schema and the parameters of the options. */
      readonly ruleSet: RuleSet;
      readonly inclusion: InclusionPlan;
      /** Fingerprint of every default rule by id. */
      readonly fingerprints: ReadonlyMap<string, string>;
      readonly schema: AttributeSchema;
    }
  | { readonly ok: false; readonly problems: readonly RuleProblem[] };

/** Folder of the default rules that the product ships. */
export const defaultRulesFolder: string = join(import.meta.dirname, '../../../../rules/default');

/**
 * Reads default rules and overlays, expands them for every connector and checks them. All problems are reported at
 * once, ordered by file and line. Options that do not fit the schema of the options throw a ZodError.
 */
export function loadRuleSet(source: RuleSetSource): RuleSetLoad {
  const options = resolveRuleOptions(source.options ?? {});
  const overlays = (source.overlays ?? []).map(readRuleFolder);
  const replaced = overlays.some(({ files }) => files.some(({ content }) => content.base === 'none'));
  const { rules, schema: attributeSchema } =
    typeof source.defaults === 'string' ? readDefaults(source.defaults) : source.defaults;
  const defaults = replaced ? { files: [], problems: [] } : rules;
  const problems = [
    ...attributeSchema.problems,
    ...defaults.problems,
    ...overlays.flatMap((overlay) => overlay.problems),
  ];
  const files = [...defaults.files, ...overlays.flatMap((overlay) => overlay.files)];
  const schema = files.reduce(
    (sum, { content }) => extendSchema(sum, content.attributes ?? {}),
    attributeSchema.schema,
  );
  const connectors = source.connectors.map((one) => completed(one, schema, options, files));
  const isText = (attribute: string): boolean => schema.ad['user']?.[attribute]?.type === 'string';
  const contexts = new Map(connectors.map(({ name }) => [name, conditionContext(options, name, isText)]));
  const expansion = new Expansion();
  let drafts = defaults.files.flatMap((file) => expandFile(file, true, connectors, contexts, expansion));
  for (const file of overlays.flatMap((overlay) => overlay.files)) {
    drafts = [...drafts, ...expandFile(file, false, connectors, contexts, expansion)];
    drafts = applyOverlay(drafts, file, connectors, contexts, expansion);
  }
  const validator = new DraftValidator(schema, connectors);
  for (const draft of drafts) validator.validate(draft);
  const numbered = assignPrecedence(drafts);
  problems.push(...expansion.problems, ...validator.problems, ...duplicateNames(drafts), ...numbered.problems);
  if (problems.length > 0) return { ok: false, problems: distinct(problems) };
  return {
    ok: true,
    ruleSet: { connectors, rules: numbered.rules, metaverse: schema.metaverse },
    inclusion: planInclusion(numbered.rules),
    fingerprints: new Map(
      numbered.rules.filter(({ standard }) => standard).map((rule) => [rule.id, ruleFingerprint(rule)]),
    ),
    schema,
  };
}

function expandFile(
  file: LoadedRuleFile,
  standard: boolean,
  connectors: readonly ConnectorDefinition[],
  contexts: ReadonlyMap<string, ConditionContext>,
  expansion: Expansion,
): DraftRule[] {
  return (file.content.rules ?? []).flatMap((template, index) => {
    const place = { document: file.document, path: ['rules', index] };
    const targets = connectorsOf(template.connector, connectors);
    if (targets.length === 0 && template.connector !== 'ad' && template.connector !== 'entra') {
      const names = ['ad', 'entra', ...connectors.map(({ name }) => name)];
      const message = `Unknown connector "${template.connector}"; known: ${names.join(', ')}.`;
      expansion.problems.push(
        file.document.problem([...place.path, 'connector'], message, nearestName(template.connector, names)),
      );
    }
    return targets.flatMap((connector, repetition) => {
      const context = contexts.get(connector.name);
      const draft =
        context === undefined
          ? undefined
          : expansion.rule(template, place, { connector, context, repetition, standard });
      return draft === undefined ? [] : [draft];
    });
  });
}

/** The connector with its schema, the parameters of rule files and the group filter. */
function completed(
  connector: ConnectorDefinition,
  schema: AttributeSchema,
  options: ResolvedRuleOptions,
  files: readonly LoadedRuleFile[],
): ConnectorDefinition {
  const own = files.map(({ content }) => ({
    ...content.parameters?.[connector.kind],
    ...content.parameters?.[connector.name],
  }));
  const group = { 'Connector.GroupFilteringGroupDn': options.groupFilter[connector.name] ?? '' };
  const parameters: Record<string, string> = Object.assign(
    {},
    connector.kind === 'ad' ? group : {},
    connector.parameters,
    ...own,
  );
  return { ...connector, parameters, schema: { ...schema[connector.kind], ...connector.schema } };
}

function duplicateNames(drafts: readonly DraftRule[]): RuleProblem[] {
  const seen = new Map<string, DraftRule>();
  return drafts.flatMap((draft) => {
    const first = seen.get(draft.rule.id);
    seen.set(draft.rule.id, draft);
    if (first === undefined) return [];
    const hint = first.rule.standard ? ' To change a default rule, clone it under another name.' : '';
    return [
      draft.place.document.problem(
        [...draft.place.path, 'name'],
        `The name "${draft.rule.name}" is used twice for connector ${draft.rule.connector}.${hint}`,
      ),
    ];
  });
}

/** The same place in a template is reported once, not once per connector. */
function distinct(problems: readonly RuleProblem[]): RuleProblem[] {
  const byText = new Map(problems.map((problem) => [formatProblem(problem), problem]));
  return [...byText.values()].sort(compareProblems);
}
