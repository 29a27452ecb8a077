export { compareProblems, formatProblem, type RuleProblem } from './document/problem.js';
export { nearestName } from './document/nearest-name.js';
export { YamlDocument, type DocumentPath } from './document/yaml-document.js';
export {
  IDENTIFY_USERS_BY,
  resolveRuleOptions,
  RULE_FEATURES,
  RULE_SERVICES,
  ruleOptionsSchema,
  type ResolvedRuleOptions,
  type RuleFeature,
  type RuleOptions,
  type RuleService,
} from './options/rule-options.js';
export {
  extendSchema,
  loadAttributeSchema,
  schemaSpelling,
  type AttributeSchema,
  type SpaceName,
} from './schema/attribute-schema.js';
export { ruleFileSchema, type RuleFile } from './rule-file/format.js';
export { readRuleFolder, type LoadedRuleFile, type RuleFolder } from './rule-file/read-rule-folder.js';
export { ruleFingerprint } from './rule-set/fingerprint.js';
export { planInclusion, type InclusionPlan } from './rule-set/inclusion.js';
export {
  defaultRulesFolder,
  loadRuleSet,
  readDefaults,
  type DefaultRules,
  type RuleSetLoad,
  type RuleSetSource,
} from './rule-set/load-rule-set.js';
export {
  connectorDefinition,
  domainDn,
  stableGuid,
  type AdConnectorDescription,
  type ConnectorDescription,
  type EntraConnectorDescription,
} from './rule-set/connector-definition.js';
export { diffRules, flowText, type RuleDifference } from './inspect/diff-rules.js';
export { listRules, showRule, type RuleListEntry, type RuleLookup } from './inspect/list-rules.js';
export { sampleConnectors, validateFolder, type FolderCheck } from './inspect/validate-folder.js';
export { readScenario, type ScenarioRead } from './scenario/read-scenario.js';
export {
  findScenarios,
  printScenarioReport,
  runScenario,
  runScenarioPaths,
  type ScenarioOptions,
  type ScenarioReport,
  type ScenarioResult,
  type ScenarioRun,
} from './scenario/run-scenario.js';
export { decodeWritten, guidBytes, guidText, sidBytes } from './scenario/values.js';
export { isInContainerScope } from './scenario/container-scope.js';
export { ruleFileJsonSchema, scenarioJsonSchema } from './rule-file/json-schema.js';
export {
  canHold,
  capabilitiesOf,
  connectorDefinitions,
  loadRules,
  type LoadedRules,
  type StoredRuleFile,
} from './active/load-rules.js';
export { importRules, type ImportOptions, type RuleImport } from './import/import-rules.js';
export type { ImportNote } from './import/exported-rule.js';
