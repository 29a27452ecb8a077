import type { ConnectorDefinition } from '@adjoin/engine';
import { connectorDefinition } from '../rule-set/connector-definition.js';
import { defaultRulesFolder, loadRuleSet, type DefaultRules, type RuleSetLoad } from '../rule-set/load-rule-set.js';
import type { RuleOptions } from '../options/rule-options.js';

/** Connectors to check rule files with when no configuration is at hand: one forest and one tenant. */
export const sampleConnectors: readonly ConnectorDefinition[] = [
  connectorDefinition('corp', { type: 'ad', forest: 'corp.test', domains: { 'corp.test': 'CORP' } }, 0),
  connectorDefinition('entra', { type: 'entra' }, 1),
];

export interface FolderCheck {
  readonly connectors?: readonly ConnectorDefinition[] | undefined;
  readonly options?: RuleOptions | undefined;
  readonly defaults?: string | DefaultRules | undefined;
}

/** Loads a folder of own rules over the default rules; without a folder the default rules alone. */
export function validateFolder(folder: string | undefined, check: FolderCheck = {}): RuleSetLoad {
  return loadRuleSet({
    defaults: check.defaults ?? defaultRulesFolder,
    overlays: folder === undefined ? [] : [folder],
    options: check.options ?? {},
    connectors: check.connectors ?? sampleConnectors,
  });
}
