import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { LAB_TENANT, simulatorFolder, type Stack } from '@adjoin/stack';
import { z } from 'zod';

/** An answer of Microsoft Graph. */
export interface GraphAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Reads Microsoft Graph over HTTPS with a token, as any other application does. */
export interface GraphReader {
  /** GET of a path below `/v1.0` or of a whole `@odata.nextLink`. Throws when the answer is neither 200 nor 404. */
  get(path: string): Promise<GraphAnswer>;
  /** All items of a list, page by page. Throws when a page is not there. */
  list(path: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): void;
}

const TIMEOUT_MS = 30_000;
/** Tokens live an hour; a demo of many objects may last longer. */
const TOKEN_MS = 20 * 60_000;
const jsonObject = z.record(z.string(), z.unknown());
const tokenAnswer = z.object({ access_token: z.string() });
const page = z.object({ value: z.array(jsonObject), '@odata.nextLink': z.string().optional() });

/** A reader of the simulated tenant of the stack. */
export function graphReader(stack: Pick<Stack, 'ports' | 'runFolder'>): GraphReader {
  const base = `https://127.0.0.1:${stack.ports.simulator}`;
  const ca = readFileSync(join(simulatorFolder(stack.runFolder), 'ca.pem'), 'utf8');
  const agent = new Agent({ ca, keepAlive: true, maxSockets: 8 });
  let token: { readonly value: Promise<string>; readonly until: number } | undefined;
  const bearer = (): Promise<string> => {
    if (token === undefined || token.until < Date.now())
      token = { value: readToken(agent, base), until: Date.now() + TOKEN_MS };
    return token.value;
  };
  const get = async (path: string): Promise<GraphAnswer> => {
    const url = path.startsWith('https:') ? path : `${base}/v1.0${path}`;
    const headers = { authorization: `Bearer ${await bearer()}` };
    const answer = await send(agent, { url, method: 'GET', headers });
    if (answer.status === 200 || answer.status === 404) return answer;
    throw new Error(`Graph answered ${answer.status} to GET ${path}: ${JSON.stringify(answer.body).slice(0, 300)}`);
  };
  return {
    get,
    list: async (path) => {
      const items: Readonly<Record<string, unknown>>[] = [];
      for (let next: string | undefined = path; next !== undefined;) {
        const { value, '@odata.nextLink': link }: z.infer<typeof page> = page.parse((await get(next)).body);
        items.push(...value);
        next = link;
      }
      return items;
    },
    close: () => agent.destroy(),
  };
}

async function readToken(agent: Agent, base: string): Promise<string> {
  const form = new URLSearchParams({
    client_id: LAB_TENANT.clientId,
    client_secret: LAB_TENANT.clientSecret,
    scope: 'https://graph.microsoft.com/.default',
    grant_type: 'client_credentials',
  });
  const url = `${base}/${LAB_TENANT.tenantId}/oauth2/v2.0/token`;
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const { status, body } = await send(agent, { url, method: 'POST', headers, body: form.toString() });
  if (status !== 200) throw new Error(`The token endpoint answered ${status} to the demo.`);
  return tokenAnswer.parse(body).access_token;
}

interface Call {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

function send(agent: Agent, call: Call): Promise<GraphAnswer> {
  return new Promise((settle, fail) => {
    const { url, method, headers, body } = call;
    const outgoing = request(url, { agent, method, headers, timeout: TIMEOUT_MS }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (part: string) => (text += part));
      incoming.once('error', fail);
      incoming.once('end', () => {
        try {
          settle({ status: incoming.statusCode ?? 0, body: jsonObject.parse(text === '' ? {} : JSON.parse(text)) });
        } catch (error) {
          fail(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
    outgoing.once('timeout', () => outgoing.destroy(new Error(`no answer from Graph within ${TIMEOUT_MS / 1000} s`)));
    outgoing.once('error', fail);
    outgoing.end(body);
  });
}
