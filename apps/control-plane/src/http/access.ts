import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { SyncError } from '@adjoin/contracts';
import type { Access } from '../config.js';
import { problemOf } from './problem.js';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
/** Same time whatever the texts are: both are hashed to equal length first. */
const sameText = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

const OPEN = new Set(['/', '/livez', '/readyz', '/metrics']);
const LOCAL_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/**
 * Undefined when the request may pass. With a token every API request must carry it. Without one only loopback is listened on; then a
 * foreign `Host` (DNS rebinding) or `Origin` (another web page in the administrator's browser) is refused.
 */
export function refusal(access: Access, path: string, headers: Headers): SyncError | undefined {
  if (OPEN.has(path)) return undefined;
  if (access.token === undefined) return foreignCaller(headers);
  const given = /^Bearer (.+)$/i.exec(String(headers['authorization'] ?? ''))?.[1];
  if (given === undefined) return new SyncError('ADJ-API-4002', 'The request carries no token.');
  return sameText(given, access.token.reveal()) ? undefined : new SyncError('ADJ-API-4002', 'The token is not valid.');
}

function foreignCaller(headers: Headers): SyncError | undefined {
  const host = String(headers['host'] ?? '');
  if (!LOCAL_HOST.test(host)) {
    return new SyncError('ADJ-API-4002', `Without a token only this machine may call, not by the name ${host}.`, {
      hint: 'Use 127.0.0.1, or configure ADJOIN_TOKEN_FILE.',
    });
  }
  const origin = headers['origin'];
  if (origin !== undefined && String(origin) !== `http://${host}`) {
    return new SyncError('ADJ-API-4002', 'Requests from other web pages are refused.');
  }
  return undefined;
}

/** Express middleware that applies {@link refusal} before anything else sees the request. */
export function accessMiddleware(access: Access) {
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const refused = refusal(access, path, request.headers);
    if (refused === undefined) return next();
    const { status, body } = problemOf(refused);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
}
