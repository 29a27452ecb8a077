import { z } from 'zod';
import { SyncError } from '@adjoin/contracts';
import { graphFailure, toGraphError, type GraphApi } from '@adjoin/graph';
import { mapConcurrent } from '@adjoin/shared';

/** What Graph says about a user, without roles. */
export interface GraphAccount {
  readonly id: string;
  readonly sourceAnchor: string | undefined;
  readonly synchronized: boolean;
}

const BATCH = 20;
const CONCURRENCY = 4;
const user = z.object({
  id: z.string(),
  onPremisesImmutableId: z.string().nullish(),
  onPremisesSyncEnabled: z.boolean().nullish(),
});
const answers = z.object({
  responses: z.array(z.object({ id: z.string(), status: z.number(), body: z.unknown().optional() })),
});

/** Reads users by id, 20 in a call. Users that do not exist are missing in the result; any other failure rejects. */
export async function readAccounts(
  api: GraphApi,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<readonly GraphAccount[]> {
  const batches = Array.from({ length: Math.ceil(ids.length / BATCH) }, (_, n) =>
    ids.slice(n * BATCH, (n + 1) * BATCH),
  );
  const read = await mapConcurrent(batches, CONCURRENCY, (batch) => readBatch(api, batch, signal));
  return read.flat();
}

async function readBatch(api: GraphApi, ids: readonly string[], signal?: AbortSignal): Promise<GraphAccount[]> {
  const requests = ids.map((id, index) => ({
    id: String(index),
    method: 'GET',
    url: `/users/${encodeURIComponent(id)}?$select=id,onPremisesImmutableId,onPremisesSyncEnabled`,
  }));
  const body = await api.must('POST', '/$batch', 'Reading target accounts (permission User.Read.All)', {
    body: { requests },
    signal,
  });
  const { responses } = answers.parse(body);
  if (responses.length !== ids.length)
    throw new SyncError('ADJ-EXP-3001', 'The service answered only a part of a batch.');
  return responses.flatMap(({ id, status, body: found }) => {
    if (status === 404) return [];
    if (status !== 200)
      throw toGraphError(graphFailure(status, found), 'Reading a target account (permission User.Read.All)');
    const account = user.parse(found);
    // The answer has to be about the account that was asked for.
    if (account.id.toLowerCase() !== ids[Number(id)]?.toLowerCase())
      throw new SyncError('ADJ-EXP-3001', 'The service answered with another account than the one asked for.');
    const sourceAnchor = account.onPremisesImmutableId ?? undefined;
    return [{ id: account.id, sourceAnchor, synchronized: account.onPremisesSyncEnabled === true }];
  });
}
