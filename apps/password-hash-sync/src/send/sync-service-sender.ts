import type { CredentialItem, CredentialOutcome, SyncService } from '@adjoin/sync-service';
import type { CredentialSender, OutgoingCredential, SendOutcome } from './credential-sender.js';

/** Sends credentials over the sync service. Their text is made here, for one call, and kept by nothing. */
export class SyncServiceSender implements CredentialSender {
  readonly #service: SyncService;

  constructor(service: SyncService) {
    this.#service = service;
  }

  async send(items: readonly OutgoingCredential[], signal?: AbortSignal): Promise<readonly SendOutcome[]> {
    const outcomes = await this.#service.sendCredentials(items.map(itemOf), signal);
    return outcomes.map(outcomeOf);
  }

  close(): void {
    this.#service.close();
  }
}

const itemOf = ({ sourceAnchor, cloudId, credential, changedAt, forceChange }: OutgoingCredential): CredentialItem => ({
  sourceAnchor,
  cloudAnchor: `User_${cloudId}`,
  credentialData: credential.reveal(),
  changeDate: changedAt,
  forcePasswordChange: forceChange,
});

function outcomeOf(outcome: CredentialOutcome): SendOutcome {
  switch (outcome.kind) {
    case 'accepted':
      return { kind: 'accepted' };
    case 'unknown-user':
      return { kind: 'unknown' };
    case 'retry':
      return { kind: 'retry', error: outcome.error };
    case 'refused':
      return { kind: 'refused', error: outcome.error };
  }
}
