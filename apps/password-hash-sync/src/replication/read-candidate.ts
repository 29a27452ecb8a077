import type { HashTransform, PasswordOutcome, ReplicatedObject } from '@adjoin/ad-drsr';
import type { PasswordScope } from '@adjoin/contracts';
import { accountEligibility, type Eligibility, type TenantFeatures } from '../eligibility/account-rules.js';
import { sourceAnchorOf, type ProvableAnchor } from '../eligibility/source-anchor.js';
import type { Candidate } from '../send/credential-pipeline.js';
import type { Attempt } from '../state/password-states.js';
import { deriveCredential } from '../transform/derive-credential.js';
import type { PasswordCredential } from '../transform/password-credential.js';

/** What decides about a read object. */
export interface ReadRules {
  readonly features: TenantFeatures;
  readonly anchorAttribute: ProvableAnchor;
}

export interface Wanted {
  readonly scope: PasswordScope;
  readonly token: string | undefined;
  readonly attempts: number;
}

/** Either something to send, or why there is nothing. */
export type Reading =
  | { readonly kind: 'candidate'; readonly candidate: Candidate }
  | { readonly kind: 'answer'; readonly attempt: Attempt };

/** The only transform of this process: hash in, credential out. What may not be sent is not derived. */
export const toCredential =
  (rules: ReadRules): HashTransform<PasswordCredential | undefined> =>
  async (hash, object) =>
    accountEligibility(object, rules.features).kind === 'eligible' ? deriveCredential(hash) : undefined;

/** Decides about a completely read object. */
export function readingOf(
  object: ReplicatedObject,
  password: PasswordOutcome<PasswordCredential | undefined>,
  wanted: Wanted,
  rules: ReadRules,
): Reading {
  const eligibility = accountEligibility(object, rules.features);
  if (eligibility.kind === 'withheld') return withheld(object, wanted, eligibility);
  const anchor = sourceAnchorOf(object, rules.anchorAttribute);
  if (anchor === undefined) {
    const reason = 'ms-DS-ConsistencyGuid holds something that is no GUID: the binding cannot be proven.';
    return answer(object, wanted, { status: 'BindingRefused', code: 'ADJ-PHS-7107', message: reason }, 'rarely');
  }
  if (password.kind === 'failed') {
    const { code, message } = password.error;
    return answer(object, wanted, { status: 'Error', code, message }, 'again');
  }
  if (password.kind !== 'transformed' || password.value === undefined)
    return answer(object, wanted, { status: 'MissingAttribute', message: 'The account has no password.' }, 'done');
  const candidate: Candidate = {
    ...{ object, anchor, scope: wanted.scope, token: wanted.token, attempts: wanted.attempts },
    credential: password.value,
    changedAt: object.passwordChangedAt ?? new Date(0),
    forceChange: eligibility.forceChange,
  };
  return { kind: 'candidate', candidate };
}

function withheld(
  object: ReplicatedObject,
  wanted: Wanted,
  { result, reason }: Extract<Eligibility, { kind: 'withheld' }>,
): Reading {
  return answer(object, wanted, { status: result, message: reason }, 'done');
}

function answer(
  object: ReplicatedObject,
  { token }: Wanted,
  result: Omit<Attempt['result'], 'at'>,
  next: Attempt['next'],
): Reading {
  const seen = { dn: object.dn, account: object.samAccountName ?? undefined, changedAt: object.passwordChangedAt };
  return { kind: 'answer', attempt: { guid: object.guid, token, result: { ...result, at: new Date() }, next, seen } };
}
