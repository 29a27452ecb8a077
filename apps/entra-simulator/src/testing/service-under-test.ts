import type { GraphReply } from '../http/graph-message.js';
import type { Json, JsonObject } from '../json.js';
import { isJsonObject } from '../json.js';
import { GraphService } from '../graph/graph-service.js';
import type { SimulatorOptions } from '../options.js';
import { optionsSchema } from '../options.js';
import { SimulatedTenant } from '../simulated-tenant.js';
import { DEFAULT_PERMISSIONS } from '../token/client-app.js';

/** Application id of the caller in tests. */
export const APP_ID = '11111111-2222-3333-4444-555555555555';

/** A service without sockets, with a clock the test moves. */
export interface ServiceUnderTest {
  readonly tenant: SimulatedTenant;
  readonly service: GraphService;
  readonly clock: { now: number };
  readonly send: (method: string, url: string, body?: Json, headers?: Record<string, string>) => GraphReply;
  readonly as: (...permissions: readonly string[]) => ServiceUnderTest;
}

export function aService(options: SimulatorOptions = {}, clock = { now: Date.UTC(2026, 0, 1) }): ServiceUnderTest {
  const { clock: _clock, random, ...rest } = options;
  const resolved = optionsSchema.parse({ domains: [{ name: 'corp.test' }], ...rest });
  const tenant = new SimulatedTenant(resolved, {
    tenantId: '99999999-0000-0000-0000-000000000000',
    apps: [{ clientId: APP_ID, displayName: 'Adjoin', secrets: [], certificates: [], permissions: [] }],
    clock: () => clock.now,
    random: random ?? (() => 0),
    baseUrl: () => 'https://graph.test',
  });
  return forCaller(tenant, new GraphService(() => tenant.parts), clock, DEFAULT_PERMISSIONS);
}

function forCaller(
  tenant: SimulatedTenant,
  service: GraphService,
  clock: { now: number },
  permissions: readonly string[],
): ServiceUnderTest {
  return {
    tenant,
    service,
    clock,
    send: (method, url, body, headers = {}) => {
      const { pathname, searchParams } = new URL(url.replace('https://graph.test/v1.0', ''), 'https://graph.test');
      const caller = { appId: APP_ID, permissions: new Set(permissions) };
      return service.serve({ method, path: pathname, query: searchParams, headers, body, caller }).reply;
    },
    as: (...others) => forCaller(tenant, service, clock, others),
  };
}

/** The body as an object. */
export const bodyOf = (reply: GraphReply): JsonObject => (isJsonObject(reply.body) ? reply.body : {});
/** The `value` of a list. */
export function valueOf(reply: GraphReply): readonly JsonObject[] {
  const { value } = bodyOf(reply);
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
/** The `error` of a refusal. */
export function errorOf(reply: GraphReply): JsonObject {
  const { error } = bodyOf(reply);
  return isJsonObject(error) ? error : {};
}
/** Code and target of the first detail of a refusal. */
export function detailOf(reply: GraphReply): JsonObject {
  const { details } = errorOf(reply);
  const [first] = Array.isArray(details) ? details : [];
  return isJsonObject(first) ? { code: first['code'] ?? null, target: first['target'] ?? null } : {};
}

/** Everything a create of a user needs. */
export const aUser = (name: string, more: JsonObject = {}): JsonObject => ({
  accountEnabled: true,
  displayName: `User ${name}`,
  mailNickname: name,
  userPrincipalName: `${name}@corp.test`,
  passwordProfile: { password: 'Xy!2345678', forceChangePasswordNextSignIn: false },
  ...more,
});

/** Everything a create of a security group needs. */
export const aGroup = (name: string, more: JsonObject = {}): JsonObject => ({
  displayName: `Group ${name}`,
  mailEnabled: false,
  mailNickname: name,
  securityEnabled: true,
  ...more,
});

/** Creates and gives the id. @throws if the service refuses. */
export function create(sut: ServiceUnderTest, set: 'users' | 'groups' | 'devices', body: JsonObject): string {
  const reply = sut.send('POST', `/${set}`, body);
  if (reply.status !== 201) throw new Error(JSON.stringify(reply.body));
  return String(bodyOf(reply)['id']);
}

/** The address of an object in a reference. */
export const reference = (id: string): string => `https://graph.microsoft.com/v1.0/directoryObjects/${id}`;
