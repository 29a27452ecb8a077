import type { ExportMessage, ResultMessage } from '@adjoin/contracts';
import type { BatchCall, BatchPriority, BatchReply, GraphApi, GraphBatcher } from '@adjoin/graph';
import { fromReply, refusal, succeeded } from './outcome.js';

type MemberResult = NonNullable<ResultMessage['references']>[string];
type Member = NonNullable<ExportMessage['references']>[string]['add'][number];

/** Most references in one PATCH (operations/graph-export.md section 2). */
const BIND_LIMIT = 20;
/** PATCHes of one group in one unit: a group must not fill a whole batch while others wait. */
const CHAIN = 5;

export interface MemberWriter {
  readonly api: GraphApi;
  readonly batcher: GraphBatcher;
  readonly priority: BatchPriority;
  readonly windowMs: number;
  /** The group was made a moment ago: that it is not found says nothing. */
  readonly young: boolean;
  readonly admit: () => boolean;
}

/**
 * Changes the members of a group: additions 20 at a time, in order; removals by reference. One bad member never hides the others: a refused
 * PATCH is compared with the members the group has, then tried one by one.
 */
export async function writeMembers(
  writer: MemberWriter,
  groupId: string,
  add: readonly Member[],
  remove: readonly Member[],
): Promise<MemberResult> {
  const result: MemberResult = { added: [], removed: [], failed: [] };
  await Promise.all([removeMembers(writer, groupId, remove, result), addMembers(writer, groupId, add, result)]);
  return result;
}

async function addMembers(
  writer: MemberWriter,
  groupId: string,
  add: readonly Member[],
  result: MemberResult,
): Promise<void> {
  let present: ReadonlySet<string> | undefined;
  const chunks = split(add, BIND_LIMIT);
  for (let at = 0; at < chunks.length;) {
    const chain = chunks.slice(at, at + CHAIN);
    const calls = chain.map((chunk): BatchCall => ({
      method: 'PATCH',
      url: `/groups/${groupId}`,
      body: { 'members@odata.bind': chunk.map((member) => reference(writer, member)) },
    }));
    const replies = await submit(writer, calls);
    for (const [index, chunk] of chain.entries()) {
      const reply = replies[index];
      if (reply?.kind === 'skipped') break;
      at++;
      if (succeeded(reply)) result.added.push(...chunk.map((member) => member.mv));
      else if (refusal(reply) === undefined) noteFailed(result, chunk, reply, writer);
      else {
        present ??= await readMembers(writer, groupId, add);
        await addSingly(writer, groupId, chunk, present, result);
      }
    }
  }
}

/** Members of a refused PATCH: those present count as added, the others are tried alone. */
async function addSingly(
  writer: MemberWriter,
  groupId: string,
  chunk: readonly Member[],
  present: ReadonlySet<string>,
  result: MemberResult,
): Promise<void> {
  const missing: Member[] = [];
  for (const member of chunk) {
    if (present.has(member.cloudId)) result.added.push(member.mv);
    else missing.push(member);
  }
  await Promise.all(
    missing.map(async (member) => {
      const [reply] = await submit(writer, [
        { method: 'POST', url: `/groups/${groupId}/members/$ref`, body: { '@odata.id': reference(writer, member) } },
      ]);
      if (succeeded(reply)) result.added.push(member.mv);
      else noteFailed(result, [member], reply, writer);
    }),
  );
}

/** Which of the wanted members the group already has; reading ends as soon as all were found. */
async function readMembers(
  { api }: MemberWriter,
  groupId: string,
  wanted: readonly Member[],
): Promise<ReadonlySet<string>> {
  const open = new Set(wanted.map((member) => member.cloudId));
  const present = new Set<string>();
  let link: string | undefined = `/groups/${groupId}/members?$select=id&$top=999`;
  while (link !== undefined && open.size > 0) {
    const reply = await api.call('GET', link);
    if (reply.status !== 200) return present;
    const page = reply.body as { value?: readonly { id: string }[]; '@odata.nextLink'?: string };
    for (const { id } of page.value ?? []) if (open.delete(id)) present.add(id);
    link = page['@odata.nextLink'];
  }
  return present;
}

async function removeMembers(
  writer: MemberWriter,
  groupId: string,
  remove: readonly Member[],
  result: MemberResult,
): Promise<void> {
  await Promise.all(
    remove.map(async (member) => {
      // Without `/$ref` the member itself would be deleted.
      const [reply] = await submit(writer, [
        { method: 'DELETE', url: `/groups/${groupId}/members/${member.cloudId}/$ref` },
      ]);
      if (succeeded(reply, !writer.young)) result.removed.push(member.mv);
      else noteFailed(result, [member], reply, writer);
    }),
  );
}

const submit = (writer: MemberWriter, calls: readonly BatchCall[]): Promise<readonly BatchReply[]> =>
  writer.batcher.submit({ calls, repeatable: true, priority: writer.priority, admit: writer.admit });

const reference = (writer: MemberWriter, member: Member): string =>
  `${writer.api.baseUrl}/directoryObjects/${member.cloudId}`;

function noteFailed(
  result: MemberResult,
  members: readonly Member[],
  reply: BatchReply | undefined,
  writer: MemberWriter,
): void {
  const outcome = fromReply(reply, 'Adding a member', writer.windowMs);
  // 404: the member may have been created a moment ago, or be gone; both end with a later try or the next import.
  const retryable = outcome.kind !== 'failed' || (reply?.kind === 'answer' && reply.status === 404);
  for (const { mv } of members) result.failed.push({ mv, code: outcome.error?.code ?? 'ADJ-EXP-3001', retryable });
}

function split<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size));
  return chunks;
}
