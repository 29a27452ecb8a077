import type { GraphReply } from '../http/graph-message.js';
import type { Call, Route } from '../http/route.js';
import { badRequest, unsupportedQuery } from '../graph/graph-error.js';
import { parseFilter } from '../query/filter-parser.js';
import type { Filter } from '../query/filter.js';
import { names } from '../query/odata-query.js';
import { checkSelect } from '../query/select.js';
import type { DirectoryType } from '../store/directory-object.js';
import { changesPage } from './delta-changes.js';
import { fullPage } from './delta-full.js';
import { DELTA_LINKS } from './delta-select.js';
import type { DeltaState } from './delta-token.js';
import { decodeDeltaToken, encodeDeltaToken } from './delta-token.js';

const REFUSED = ['$top', '$orderby', '$expand', '$search', '$count'];
const ID_LIMIT = 50;

function delta(call: Call, type: DirectoryType): GraphReply {
  const { tenant, request } = call;
  const state = stateOf(call, type);
  const latest = request.query.get('$deltatoken') === 'latest';
  const minimal = request.headers['prefer']?.includes('return=minimal') === true;
  const page = latest
    ? { items: [], next: { ...state, full: undefined }, more: false }
    : state.full === undefined
      ? changesPage(tenant.directory, state, tenant.deltaPageSize(), minimal)
      : fullPage(tenant.directory, state, tenant.deltaPageSize());
  const token = encodeDeltaToken({ ...page.next, issued: page.more ? state.issued : tenant.directory.now() });
  const link = `${tenant.linkBase()}${request.path}?${page.more ? '$skiptoken' : '$deltatoken'}=${token}`;
  return {
    status: 200,
    body: {
      '@odata.context': `${tenant.linkBase()}/$metadata#${request.path.split('/')[1] ?? ''}`,
      [page.more ? '@odata.nextLink' : '@odata.deltaLink']: link,
      value: page.items,
    },
  };
}

function stateOf(call: Call, type: DirectoryType): DeltaState {
  const { tenant, request } = call;
  const refused = REFUSED.find((name) => request.query.has(name));
  if (refused !== undefined)
    throw unsupportedQuery(`The query parameter '${refused}' is not supported for delta queries.`);
  const token = request.query.get('$skiptoken') ?? request.query.get('$deltatoken');
  if (token !== null && token !== 'latest') {
    return decodeDeltaToken(token, tenant, type, `${tenant.linkBase()}${request.path}`);
  }
  const select = names(request.query.get('$select'));
  if (select !== undefined) checkSelect(type, select, DELTA_LINKS[type]);
  const filter = request.query.get('$filter');
  return {
    epoch: tenant.epoch,
    issued: tenant.directory.now(),
    type,
    select: select === undefined ? undefined : [...select],
    ids: filter === null ? undefined : [...idsOf(parseFilter(filter))],
    seq: visibleSeq(call, type),
    full: { ordinal: 0 },
  };
}

/** The last change reads show; what is hidden now comes in the next round. */
function visibleSeq(call: Call, type: DirectoryType): number {
  const { log } = call.tenant.directory;
  const now = call.tenant.directory.now();
  const { records } = log.after(type, log.seq);
  for (let index = records.length - 1; index >= 0; index -= 1) {
    const record = records[index];
    if (record !== undefined && record.visibleAt <= now) return index === records.length - 1 ? log.seq : record.seq;
  }
  return records.length === 0 ? log.seq : log.oldest(type);
}

/** Ids of `id eq '…' or id eq '…'`, the only filter of delta queries (section 7). */
function idsOf(filter: Filter): readonly string[] {
  const ids = collect(filter);
  if (ids.length > ID_LIMIT) throw badRequest(`A delta query can filter for at most ${ID_LIMIT} ids.`);
  return ids;
}

function collect(filter: Filter): readonly string[] {
  if (filter.kind === 'or') return [...collect(filter.left), ...collect(filter.right)];
  if (
    filter.kind === 'compare' &&
    filter.operator === 'eq' &&
    filter.path === 'id' &&
    typeof filter.value === 'string'
  ) {
    return [filter.value.toLowerCase()];
  }
  throw unsupportedQuery('A delta query can filter by id only.');
}

const SETS: readonly (readonly [string, DirectoryType, readonly string[]])[] = [
  ['users', 'user', ['User.Read.All', 'User.ReadWrite.All']],
  ['groups', 'group', ['Group.Read.All', 'Group.ReadWrite.All']],
  ['devices', 'device', ['Device.Read.All', 'Device.ReadWrite.All']],
  ['contacts', 'orgContact', ['OrgContact.Read.All']],
];

/** Delta queries (spec operations/graph-export.md section 7). */
export const deltaRoutes: readonly Route[] = SETS.map(([set, type, permissions]) => ({
  method: 'GET',
  pattern: `/${set}/delta`,
  permissions: [...permissions, 'Directory.Read.All', 'Directory.ReadWrite.All'],
  cost: 5,
  handler: (call: Call) => delta(call, type),
}));
