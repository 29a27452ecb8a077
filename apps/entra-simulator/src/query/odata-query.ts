import { badRequest, unsupportedQuery } from '../graph/graph-error.js';
import type { GraphRequest } from '../http/graph-message.js';
import type { EntityName } from '../schema/property-table.js';
import type { ExtensionDefinition } from '../store/extension-definition.js';
import type { Filter } from './filter.js';
import { checkFilter } from './filter-check.js';
import { parseFilter } from './filter-parser.js';
import { checkSelect } from './select.js';

/** The system query options of a list or a read. */
export interface ODataQuery {
  readonly select: readonly string[] | undefined;
  readonly filter: Filter | undefined;
  readonly expand: readonly string[];
  readonly top: number;
  readonly count: boolean;
  readonly skipToken: string | undefined;
}

const KNOWN = new Set([
  '$select',
  '$filter',
  '$expand',
  '$top',
  '$count',
  '$skiptoken',
  '$orderby',
  '$search',
  '$format',
]);
const PAGE = { default: 100, most: 999 } as const;

/** Reads the query options. @throws GraphError for unknown, unsupported or malformed ones. */
export function readQuery(
  request: GraphRequest,
  entity: EntityName,
  extensions: ReadonlyMap<string, ExtensionDefinition>,
): ODataQuery {
  const { query } = request;
  for (const name of query.keys()) {
    if (name.startsWith('$') && !KNOWN.has(name)) throw badRequest(`The query parameter '${name}' is not supported.`);
  }
  for (const name of ['$orderby', '$search']) {
    if (query.has(name)) throw unsupportedQuery(`The query parameter '${name}' is not supported here.`);
  }
  const select = names(query.get('$select'));
  if (select !== undefined) checkSelect(entity, select);
  const count = query.get('$count') === 'true';
  const eventual = request.headers['consistencylevel']?.toLowerCase() === 'eventual';
  const source = query.get('$filter');
  const filter = source === null ? undefined : parseFilter(source);
  if (filter !== undefined) checkFilter(filter, { entity, extensions, advanced: eventual && count });
  return {
    select,
    filter,
    expand: splitExpand(query.get('$expand')),
    top: readTop(query.get('$top')),
    // The service counts only for advanced queries.
    count: count && eventual,
    skipToken: query.get('$skiptoken') ?? undefined,
  };
}

/** Names of a comma-separated option. */
export function names(text: string | null): readonly string[] | undefined {
  if (text === null) return undefined;
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function splitExpand(text: string | null): readonly string[] {
  return text === null ? [] : text.split(/,(?![^(]*\))/).map((item) => item.trim());
}

function readTop(text: string | null): number {
  if (text === null) return PAGE.default;
  const top = Number(text);
  if (!Number.isInteger(top) || top < 1 || top > PAGE.most) {
    throw badRequest(`Invalid page size specified: '${text}'. Must be between 1 and ${PAGE.most} inclusive.`);
  }
  return top;
}
