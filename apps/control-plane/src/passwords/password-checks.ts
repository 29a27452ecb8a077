import type { PasswordCheck } from '@adjoin/contracts';
import type { CompiledRuleSet } from '@adjoin/engine';
import type { CsDocument } from '../connector-space/cs-document.js';
import type { DomainDocument, ForestDocument, StateDocument } from './password-documents.js';

/** Without a sign of life for so long the process counts as gone, s. It writes one every 30 s. */
const HEARTBEAT_S = 120;
const CONDITION = {
  channel: 'the channel takes password hashes',
  process: 'password-hash-sync runs',
  feature: 'password hash synchronization is on in the tenant',
  staging: 'staging mode is off',
  domain: 'the domain can be read',
  source: 'the user is imported from Active Directory',
  inbound: 'an inbound rule with password synchronization applies',
  outbound: 'an outbound rule with password synchronization applies',
  exported: 'the account exists in the target',
  scope: 'the user is in the scope of the process',
  account: 'the account may have its password sent',
  binding: 'the target is the user’s own, synchronized and without a role',
  sent: 'the last attempt succeeded',
} as const;

const check = (condition: keyof typeof CONDITION, ok: boolean | null, detail: string): PasswordCheck => ({
  condition: CONDITION[condition],
  ok,
  detail,
});

export interface ForestFacts {
  readonly channel: string;
  readonly forest: ForestDocument | undefined;
  readonly domains: readonly DomainDocument[];
  readonly staging: boolean;
  readonly now: Date;
}

/** What has to be so before any password of a forest is sent, in the order in which an administrator looks. */
export function forestChecks({ channel, forest, domains, staging, now }: ForestFacts): PasswordCheck[] {
  const takes = channel === 'sync-service';
  const age = forest?.heartbeatAt == null ? undefined : (now.getTime() - Date.parse(forest.heartbeatAt)) / 1000;
  const alive = age !== undefined && age < HEARTBEAT_S;
  const lastSign = age === undefined ? 'It never ran.' : `Last sign of life ${String(Math.round(age))} s ago.`;
  const features = forest?.features;
  return [
    check('channel', takes, takes ? 'sync-service' : 'ADJ-PHS-7104: Microsoft Graph takes no password hashes.'),
    check('process', takes ? alive : null, lastSign),
    check('feature', features?.passwordSync ?? null, featureText(features)),
    check('staging', !staging, staging ? 'Staging mode is on: changes are noted and sent afterwards.' : 'off'),
    ...domains.map(({ namingContext, failure, server }) =>
      check(
        'domain',
        failure === null,
        failure === null
          ? `${namingContext} from ${server ?? 'no domain controller yet'}`
          : `${namingContext}: ${failure.code} ${failure.message}`,
      ),
    ),
  ];
}

function featureText(features: ForestDocument['features'] | undefined): string {
  if (features == null) return 'The tenant has not been asked yet.';
  const temporary = features.forcePasswordChange ? 'temporary passwords are sent' : 'temporary passwords are not sent';
  const policy = features.cloudPasswordPolicy ? 'the password policy of the cloud applies' : 'passwords do not expire';
  return `${features.passwordSync ? 'on' : 'off'}; ${temporary}; ${policy}`;
}

export interface UserFacts {
  readonly plan: CompiledRuleSet;
  readonly source: CsDocument;
  readonly target: CsDocument | undefined;
  readonly state: StateDocument | undefined;
}

/** What has to be so before the password of one user is sent. The first that is not is the reason. */
export function userChecks({ plan, source, target, state }: UserFacts): PasswordCheck[] {
  const inbound = flaggedRule(plan, source);
  const outbound = target === undefined ? undefined : flaggedRule(plan, target);
  const result = state?.result ?? undefined;
  const status = result?.status;
  const said =
    result === undefined ? 'No attempt yet.' : `${result.code ?? ''} ${result.message ?? result.status}`.trim();
  const withheld = status === 'FilteredByTarget' || status === 'NotAUserAccount' || status === 'MissingAttribute';
  return [
    check('source', source.state === 'imported' && source.type === 'user', `${source.type}, ${source.state}`),
    check('inbound', inbound !== undefined, inbound ?? 'None of the rules that apply carries the password flag.'),
    check('outbound', outbound !== undefined, outbound ?? 'No target object with such a rule.'),
    check('exported', target?.anchor != null, target?.anchor ?? 'It was not created in the target yet.'),
    check('scope', state?.scope != null, state?.scope == null ? 'No scope record has arrived.' : 'in scope'),
    check('account', result === undefined ? null : !withheld, withheld ? said : 'no rule against it'),
    check('binding', bindingOf(status), status === 'BindingRefused' ? said : (status ?? 'not looked at yet')),
    check('sent', result === undefined ? null : status === 'Success', said),
  ];
}

function bindingOf(status: string | undefined): boolean | null {
  if (status === 'BindingRefused') return false;
  return status === 'Success' ? true : null;
}

function flaggedRule(plan: CompiledRuleSet, { rules }: CsDocument): string | undefined {
  return rules.map((id) => plan.rule(id)).find((rule) => rule?.passwordSync === true && !rule.disabled)?.name;
}
