import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { SyncError } from '@adjoin/contracts';
import {
  CONTENT_TYPE,
  decodeRequest,
  encodeFault,
  encodeFaultReply,
  encodeReply,
  errorDetail,
  FAULT_CODES,
  redirectionDetail,
  SYNC_TOKEN_FIELDS,
  type ReceivedRequest,
} from '@adjoin/sync-service';
import type { FaultRule } from '../faults/fault-rule.js';
import { GraphError } from '../graph/graph-error.js';
import type { ServiceParts } from '../graph/graph-service.js';
import { readBytes } from '../http/read-body.js';
import type { Recorder } from '../record/recorder.js';
import type { TokenService } from '../token/token-service.js';
import { OPERATIONS } from './operations.js';
import { ServiceFault } from './service-fault.js';
import type { SyncServiceSettings } from './settings.js';

export const SYNC_SERVICE_PATH = '/provisioningservice.svc';
const REDIRECTED_PATH = '/provisioningservice.svc/tenant';
const BODY_LIMIT = 64 * 1024 * 1024;
const PERMISSION = 'ADSynchronization.ReadWrite.All';

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Uint8Array | undefined;
}

/** The provisioning web service: SOAP 1.2 in .NET binary XML (spec operations/sync-service.md). */
export class SyncServiceEndpoint {
  readonly #parts: () => ServiceParts;
  readonly #tokens: () => TokenService;
  readonly #settings: () => SyncServiceSettings;
  readonly #recorder: Recorder;
  #redirected = 0;

  constructor(
    parts: () => ServiceParts,
    tokens: () => TokenService,
    settings: () => SyncServiceSettings,
    recorder: Recorder,
  ) {
    this.#parts = parts;
    this.#tokens = tokens;
    this.#settings = settings;
    this.#recorder = recorder;
  }

  /** Serves the request if it is for this service. Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const path = request.url?.split('?')[0];
    if (path !== SYNC_SERVICE_PATH && path !== REDIRECTED_PATH) return false;
    const { stats, faults } = this.#parts();
    const operation = String(request.headers['x-ms-aadmsods-apiaction'] ?? '');
    const rule = faults.pick(request.method ?? '', `${SYNC_SERVICE_PATH}/${operation}`);
    if (rule !== undefined) stats.faults += 1;
    const reply = await this.#answer(request, path, rule);
    stats.count(`POST ${SYNC_SERVICE_PATH}/${operation}`, reply.status);
    if (rule?.delayMs !== undefined && rule.delayMs > 0) await sleep(rule.delayMs);
    if (rule?.drop === true) {
      stats.dropped += 1;
      request.socket.destroy();
      return true;
    }
    response.writeHead(reply.status, {
      ...(reply.body === undefined ? {} : { 'content-type': CONTENT_TYPE }),
      ...reply.headers,
      'content-length': reply.body?.length ?? 0,
    });
    response.end(reply.body);
    return true;
  }

  async #answer(request: IncomingMessage, path: string, rule: FaultRule | undefined): Promise<Reply> {
    const broken = rule?.status === undefined ? undefined : faultReply(rule, rule.status);
    let bytes: Uint8Array = new Uint8Array();
    const recorded = (reply: Reply): Reply => {
      this.#recorder.message(String(request.headers['x-ms-aadmsods-apiaction'] ?? ''), bytes, reply.body);
      return reply;
    };
    try {
      bytes = await readBytes(request, BODY_LIMIT);
      if (rule?.when === 'before' && (broken !== undefined || rule.drop)) return broken ?? { status: 503 };
      const reply = recorded(this.#run(request, path, bytes));
      return broken ?? reply;
    } catch (error) {
      return broken ?? recorded(refusal(error));
    }
  }

  #run({ method, headers }: IncomingMessage, path: string, bytes: Uint8Array): Reply {
    if (method !== 'POST') throw new ServiceFault('InvalidRequest', 'Only POST is allowed.', 405);
    if (headers['content-type'] !== CONTENT_TYPE)
      throw new ServiceFault('InvalidRequest', `Content-Type must be ${CONTENT_TYPE}.`, 415);
    const settings = this.#settings();
    const request = decodeRequest(bytes);
    const run = OPERATIONS[request.operation];
    if (run === undefined) throw new ServiceFault('UnknownOperation', `There is no operation ${request.operation}.`);
    this.#checkCaller(request, headers);
    checkBuild(request, settings);
    if (path === SYNC_SERVICE_PATH && this.#redirected < settings.redirections) {
      this.#redirected += 1;
      return fault(500, redirectionFault(`https://${String(headers.host)}${REDIRECTED_PATH}`));
    }
    const { tenant, stats } = this.#parts();
    if (/^Provision/.test(request.operation)) stats.writes += 1;
    const body = run({ tenant, settings, body: request.body });
    return { status: 200, body: encodeReply(request.operation, request.messageId, body) };
  }

  /** Header and SyncToken must agree, the token must be ours, for this service and with the permission. */
  #checkCaller({ token, operation }: ReceivedRequest, headers: IncomingHttpHeaders): void {
    for (const name of token.keys())
      if (!SYNC_TOKEN_FIELDS.includes(name))
        throw new ServiceFault('InvalidRequest', `Unknown SyncToken field ${name}.`);
    for (const name of SYNC_TOKEN_FIELDS)
      if (!token.has(name)) throw new ServiceFault('InvalidRequest', `SyncToken has no ${name}.`);
    const pairs: readonly (readonly [string, string | undefined])[] = [
      ['x-ms-aadmsods-apiaction', operation],
      ['x-ms-aadmsods-appid', token.get('ApplicationId')],
      ['x-ms-aadmsods-clientversion', token.get('ClientVersion')],
      ['x-ms-aadmsods-dirsyncbuildnumber', token.get('DirSyncBuildNumber')],
      ['x-ms-aadmsods-fimbuildnumber', token.get('FIMBuildNumber')],
      ['x-ms-aadmsods-tenantid', this.#parts().tenant.id],
    ];
    for (const [name, value] of pairs)
      if (headers[name] !== value) throw new ServiceFault('InvalidRequest', `The header ${name} is missing or wrong.`);
    if (headers['client-request-id'] === undefined)
      throw new ServiceFault('InvalidRequest', 'The header client-request-id is missing.');
    const caller = this.#tokens().authenticateSyncClient(token.get('BearerToken') ?? '');
    if (!caller.permissions.has(PERMISSION))
      throw new ServiceFault(FAULT_CODES.accessDenied, `The application lacks ${PERMISSION}.`, 403);
  }
}

/** The service polices client builds (spec operations/sync-service.md section 1). */
function checkBuild({ token }: ReceivedRequest, { minimumBuild, blockedBuilds }: SyncServiceSettings): void {
  const build = token.get('DirSyncBuildNumber') ?? '';
  if (!/^\d+(\.\d+){3}$/.test(build) || blockedBuilds.includes(build) || isOlder(build, minimumBuild))
    throw new ServiceFault(FAULT_CODES.clientBuildRefused, `The client build ${build} is not supported any more.`);
}

function isOlder(build: string, minimum: string): boolean {
  const [left, right] = [build, minimum].map((text) => text.split('.').map(Number));
  for (const [index, part] of (right ?? []).entries()) {
    const own = left?.[index] ?? 0;
    if (own !== part) return own < part;
  }
  return false;
}

const fault = (status: number, body: ReturnType<typeof encodeFault>): Reply => ({
  status,
  body: encodeFaultReply(body),
});
const redirectionFault = (url: string): ReturnType<typeof encodeFault> =>
  encodeFault({ reason: 'The tenant is served elsewhere.', detail: redirectionDetail(url) });

function faultReply({ retryAfter }: FaultRule, status: number): Reply {
  return { status, headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) } };
}

function refusal(error: unknown): Reply {
  if (error instanceof ServiceFault) return coded(error.status, error.code, error.message);
  if (error instanceof GraphError) return coded(error.status, FAULT_CODES.invalidToken, error.message);
  if (error instanceof SyncError) return coded(500, 'InvalidRequest', error.message);
  return coded(500, 'InternalError', `The simulator failed: ${String(error)}`);
}

function coded(status: number, code: string, message: string): Reply {
  return fault(status, encodeFault({ reason: message, detail: errorDetail(code, message, randomUUID()) }));
}
