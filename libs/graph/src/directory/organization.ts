import type { GraphApi } from '../graph-api.js';

/** Domains of the tenant, names in lower case. */
export interface TenantDomains {
  /** `<name>.onmicrosoft.com`, where names without a verified suffix end up. */
  readonly initial: string;
  readonly verified: ReadonlySet<string>;
}

/** Reads the domains (GET /domains). @throws coded errors as {@link GraphApi.must}. */
export async function readDomains(api: GraphApi, signal?: AbortSignal): Promise<TenantDomains> {
  const body = (await api.must('GET', '/domains', 'Reading the domains of the tenant (permission Domain.Read.All)', {
    signal,
  })) as {
    value?: readonly { id?: unknown; isInitial?: unknown; isVerified?: unknown }[];
  };
  const domains = body.value ?? [];
  const names = domains.filter((domain) => domain.isVerified === true).map((domain) => String(domain.id).toLowerCase());
  const initial = domains.find((domain) => domain.isInitial === true);
  return { initial: String(initial?.id ?? names[0] ?? '').toLowerCase(), verified: new Set(names) };
}
