import type { GraphReply } from '../../http/graph-message.js';
import type { Call, Route } from '../../http/route.js';
import type { JsonObject } from '../../json.js';
import { names } from '../../query/odata-query.js';
import { checkSelect } from '../../query/select.js';
import type { EntityName } from '../../schema/property-table.js';
import { notFound } from '../graph-error.js';
import type { Tenant, TenantDomain } from '../tenant.js';

const READ_ORGANIZATION = ['Organization.Read.All', 'Directory.Read.All', 'Directory.ReadWrite.All'];
const READ_DOMAIN = ['Domain.Read.All', 'Directory.Read.All', 'Directory.ReadWrite.All'];

function organization(tenant: Tenant): JsonObject {
  return {
    id: tenant.id,
    displayName: tenant.displayName,
    onPremisesSyncEnabled: null,
    onPremisesLastSyncDateTime: null,
    tenantType: 'AAD',
    verifiedDomains: tenant.domains.map((domain) => ({
      capabilities: 'Email, OfficeCommunicationsOnline',
      isDefault: isDefault(tenant, domain),
      isInitial: domain.name === tenant.initialDomain,
      name: domain.name,
      type: domain.federated ? 'Federated' : 'Managed',
    })),
  };
}

/** The first domain beside the initial one is the default, as administrators usually set it. */
function isDefault(tenant: Tenant, domain: TenantDomain): boolean {
  const other = tenant.domains.find(({ name }) => name !== tenant.initialDomain);
  return domain.name === (other?.name ?? tenant.initialDomain);
}

const showDomain = (tenant: Tenant, domain: TenantDomain): JsonObject => ({
  id: domain.name,
  authenticationType: domain.federated ? 'Federated' : 'Managed',
  availabilityStatus: null,
  isAdminManaged: true,
  isDefault: isDefault(tenant, domain),
  isInitial: domain.name === tenant.initialDomain,
  isRoot: true,
  isVerified: true,
  supportedServices: ['Email', 'OfficeCommunicationsOnline'],
});

function selected(call: Call, entity: EntityName, value: JsonObject): JsonObject {
  const select = names(call.request.query.get('$select'));
  if (select === undefined) return value;
  checkSelect(entity, select);
  return Object.fromEntries(select.map((name) => [name, value[name] ?? null]));
}

function reply(call: Call, set: string, value: readonly JsonObject[]): GraphReply {
  return { status: 200, body: { '@odata.context': `${call.tenant.linkBase()}/$metadata#${set}`, value } };
}

function oneOrganization(call: Call): GraphReply {
  const id = call.param('id');
  if (id !== call.tenant.id) throw notFound(id);
  return { status: 200, body: selected(call, 'organization', organization(call.tenant)) };
}

function oneDomain(call: Call): GraphReply {
  const id = call.param('id').toLowerCase();
  const domain = call.tenant.domains.find(({ name }) => name === id);
  if (domain === undefined) throw notFound(id);
  return { status: 200, body: selected(call, 'domain', showDomain(call.tenant, domain)) };
}

/** `/organization` and `/domains`. */
export const tenantRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/organization',
    permissions: READ_ORGANIZATION,
    cost: 1,
    handler: (call) => reply(call, 'organization', [selected(call, 'organization', organization(call.tenant))]),
  },
  { method: 'GET', pattern: '/organization/{id}', permissions: READ_ORGANIZATION, cost: 1, handler: oneOrganization },
  {
    method: 'GET',
    pattern: '/domains',
    permissions: READ_DOMAIN,
    cost: 1,
    handler: (call) =>
      reply(
        call,
        'domains',
        call.tenant.domains.map((domain) => selected(call, 'domain', showDomain(call.tenant, domain))),
      ),
  },
  { method: 'GET', pattern: '/domains/{id}', permissions: READ_DOMAIN, cost: 1, handler: oneDomain },
];
