import { SyncError, type ExportMessage, type MatchingConfig } from '@adjoin/contracts';
import type { BatchReply, GraphBatcher } from '@adjoin/graph';
import type { GraphWrite } from '../mapping/to-graph.js';
import type { PrivilegedUsers } from '../tenant/privileged-users.js';
import { fromReply, type Outcome } from './outcome.js';

/** What a new object that the service refused as a duplicate is to become (engine/entra-service.md section 2). */
export type Match =
  /** The user of the tenant becomes ours. */
  | { readonly kind: 'take-over'; readonly cloudId: string }
  /** There is nobody to take over: the value in conflict is held back (section 4). */
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly error: SyncError }
  | { readonly kind: 'unclear'; readonly outcome: Outcome };

export interface MatchContext {
  readonly batcher: GraphBatcher;
  readonly matching: MatchingConfig;
  readonly privileged: Pick<PrivilegedUsers, 'has'>;
  readonly windowMs: number;
}
interface Candidate {
  readonly id: string;
  readonly onPremisesImmutableId?: string | null;
  readonly proxyAddresses?: readonly string[];
}
const SELECT = '$select=id,onPremisesImmutableId,proxyAddresses';
const ADDRESS_SETS = ['users', 'groups', 'contacts'] as const;

/** May a user with our source anchor, which we did not make, be taken over? Undefined = yes. */
export async function hardMatchRefusal(
  { matching, privileged }: MatchContext,
  message: ExportMessage,
  cloudId: string,
): Promise<SyncError | undefined> {
  const name = message.name ?? message.sourceAnchor;
  if (matching.hardMatch === 'block')
    return new SyncError('ADJ-EXP-3011', `A user of the tenant has the source anchor of ${name} already.`, {
      object: message.objectId,
    });
  if (message.objectType !== 'user' || !(await privileged.has(cloudId))) return undefined;
  return new SyncError(
    'ADJ-EXP-3011',
    `The user of the tenant with the source anchor of ${name} holds an administrator role.`,
    { object: message.objectId },
  );
}

/**
 * Looks for a user of the tenant to take over, by primary SMTP address and by user principal name. Never one that has a source anchor or an
 * administrator role.
 */
export async function softMatch(context: MatchContext, message: ExportMessage, write: GraphWrite): Promise<Match> {
  if (message.objectType !== 'user') return { kind: 'none' };
  const found = await candidates(context, primaryAddress(message), write);
  if (found.kind === 'unclear') return found;
  if (found.otherType) {
    return refused('ADJ-EXP-3013', message, `The primary address of ${nameOf(message)} belongs to a group or contact.`);
  }
  const { candidate } = found;
  if (candidate === undefined) return { kind: 'none' };
  // It keeps its anchor: the duplicate value of the new one is held back.
  if (typeof candidate.onPremisesImmutableId === 'string') return { kind: 'none' };
  if (context.matching.softMatch === 'block') {
    return refused('ADJ-EXP-3012', message, `A cloud user has the name or primary address of ${nameOf(message)}.`);
  }
  if (await context.privileged.has(candidate.id)) {
    return refused(
      'ADJ-EXP-3014',
      message,
      `A cloud user with an administrator role has the name or primary address of ${nameOf(message)}.`,
    );
  }
  return { kind: 'take-over', cloudId: candidate.id };
}

const nameOf = (message: ExportMessage): string => message.name ?? message.sourceAnchor;
const refused = (
  code: 'ADJ-EXP-3012' | 'ADJ-EXP-3013' | 'ADJ-EXP-3014',
  message: ExportMessage,
  text: string,
): Match => ({ kind: 'refused', error: new SyncError(code, text, { object: message.objectId }) });

type Found =
  | { readonly kind: 'found'; readonly candidate: Candidate | undefined; readonly otherType: boolean }
  | { readonly kind: 'unclear'; readonly outcome: Outcome };

async function candidates(
  { batcher, matching, windowMs }: MatchContext,
  address: string | undefined,
  write: GraphWrite,
): Promise<Found> {
  const get = async (url: string): Promise<BatchReply | undefined> =>
    (await batcher.submit({ calls: [{ method: 'GET', url }], repeatable: true, priority: 0 }))[0];
  const filter = `$filter=${encodeURIComponent(`proxyAddresses/any(p:p eq 'SMTP:${(address ?? '').replaceAll("'", "''")}')`)}`;
  const upn =
    matching.softMatch === 'address'
      ? undefined
      : write.shadows['userPrincipalName'] === undefined && write.body['userPrincipalName'];
  const [byName, ...byAddress] = await Promise.all([
    typeof upn === 'string' ? get(`/users/${encodeURIComponent(upn)}?${SELECT}`) : undefined,
    ...(address === undefined
      ? []
      : ADDRESS_SETS.map((set) =>
          get(`/${set}?${filter}&$select=id,proxyAddresses${set === 'users' ? ',onPremisesImmutableId' : ''}`),
        )),
  ]);
  const failing = [byName, ...byAddress].find((reply) => reply !== undefined && !isAnswer(reply));
  if (failing !== undefined)
    return {
      kind: 'unclear',
      outcome: { ...fromReply(failing, 'Looking for a match', windowMs), open: true, waited: true },
    };
  const [users = [], ...others] = byAddress.map((reply) => holders(reply, address));
  const named = byName?.kind === 'answer' && byName.status === 200 ? (byName.body as Candidate) : undefined;
  return { kind: 'found', candidate: users[0] ?? named, otherType: users.length === 0 && others.flat().length > 0 };
}

const isAnswer = (reply: BatchReply): boolean =>
  reply.kind === 'answer' && (reply.status === 200 || reply.status === 404);

/** Objects whose primary address this is: the value with `SMTP:` in upper case; a secondary one never joins. */
function holders(reply: BatchReply | undefined, address: string | undefined): readonly Candidate[] {
  if (reply?.kind !== 'answer' || address === undefined) return [];
  const list = (reply.body as { value?: readonly Candidate[] } | undefined)?.value ?? [];
  return list.filter(({ proxyAddresses = [] }) =>
    proxyAddresses.some((one) => one.startsWith('SMTP:') && one.slice(5).toLowerCase() === address.toLowerCase()),
  );
}

/** The primary SMTP address of the export: what proxyAddresses says, else mail. */
export function primaryAddress({ attributes }: ExportMessage): string | undefined {
  const value = (name: string): unknown =>
    Object.entries(attributes).find(([key]) => key.toLowerCase() === name)?.[1] ?? undefined;
  const addresses = value('proxyaddresses');
  const primary = (Array.isArray(addresses) ? addresses : [addresses]).find(
    (one): one is string => typeof one === 'string' && one.startsWith('SMTP:'),
  );
  const mail = value('mail');
  return primary?.slice(5) ?? (typeof mail === 'string' ? mail : undefined);
}
