import { Agent, request } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import type { Json, JsonObject } from '../json.js';
import { isJsonObject } from '../json.js';
import type { RunningSimulator } from '../simulator.js';

/** An answer over the wire. */
export interface WireReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: JsonObject;
}

/** A client that trusts only the CA of the simulator. */
export interface WireClient {
  readonly send: (method: string, url: string, body?: Json | URLSearchParams, token?: string) => Promise<WireReply>;
  readonly token: (form?: Readonly<Record<string, string>>) => Promise<WireReply>;
  readonly close: () => void;
}

export function wireClient(simulator: RunningSimulator): WireClient {
  const agent = new Agent({ ca: simulator.ca, keepAlive: true });
  const send: WireClient['send'] = (method, url, body, token) =>
    new Promise((resolve, reject) => {
      const form = body instanceof URLSearchParams;
      const text = body === undefined ? undefined : form ? body.toString() : JSON.stringify(body);
      const headers = {
        ...(text === undefined
          ? {}
          : { 'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      };
      const sent = request(url, { method, agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const answer = Buffer.concat(chunks).toString();
          const parsed: unknown = answer === '' ? {} : JSON.parse(answer);
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: isJsonObject(parsed) ? parsed : {},
          });
        });
      });
      sent.once('error', reject);
      sent.end(text);
    });
  return {
    send,
    token: (form = {}) =>
      send(
        'POST',
        `${simulator.authority}/${simulator.tenantId}/oauth2/v2.0/token`,
        new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: simulator.clientId,
          client_secret: simulator.clientSecret,
          scope: 'https://graph.microsoft.com/.default',
          ...form,
        }),
      ),
    close: () => {
      agent.destroy();
    },
  };
}
