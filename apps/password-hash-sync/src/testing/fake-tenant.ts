import { SyncError } from '@adjoin/contracts';
import type { TenantFeatures } from '../eligibility/account-rules.js';
import type { CredentialSender, OutgoingCredential, SendOutcome } from '../send/credential-sender.js';
import type { TargetAccount } from '../target/binding.js';
import type { TargetDirectory } from '../target/target-directory.js';
import { signsIn } from './sign-in.js';

/** A tenant in memory that keeps credentials and checks sign-ins with them. */
export class FakeTenant implements TargetDirectory, CredentialSender {
  readonly #accounts = new Map<string, TargetAccount>();
  readonly credentials = new Map<string, { readonly text: string; readonly forceChange: boolean; readonly at: Date }>();
  tenantFeatures: TenantFeatures = { passwordSync: true, forcePasswordChange: false, cloudPasswordPolicy: false };
  /** Decides about each item; undefined: accepted. */
  fault: (item: OutgoingCredential) => SendOutcome | undefined = () => undefined;
  /** Whether a call fails as a whole; what it carried arrived all the same. */
  isLost: () => boolean = () => false;
  calls = 0;
  sent = 0;

  put(account: TargetAccount): void {
    this.#accounts.set(account.cloudId, account);
  }

  signsIn(sourceAnchor: string, password: string): boolean {
    const credential = this.credentials.get(sourceAnchor);
    return credential !== undefined && signsIn(password, credential.text);
  }

  accounts(ids: readonly string[]): Promise<ReadonlyMap<string, TargetAccount>> {
    const found = ids.flatMap((id) => {
      const account = this.#accounts.get(id);
      return account === undefined ? [] : [[id, account] as const];
    });
    return Promise.resolve(new Map(found));
  }

  features(): Promise<TenantFeatures> {
    return Promise.resolve(this.tenantFeatures);
  }

  send(items: readonly OutgoingCredential[]): Promise<readonly SendOutcome[]> {
    this.calls += 1;
    const outcomes = items.map((item): SendOutcome => {
      const fault = this.fault(item);
      if (fault !== undefined) return fault;
      const { sourceAnchor, credential, forceChange, changedAt } = item;
      this.credentials.set(sourceAnchor, { text: credential.reveal(), forceChange, at: changedAt });
      this.sent += 1;
      return { kind: 'accepted' };
    });
    if (this.isLost()) return Promise.reject(new SyncError('ADJ-EXP-3001', 'The answer was lost.'));
    return Promise.resolve(outcomes);
  }

  close(): void {
    this.fault = () => undefined;
  }
}
