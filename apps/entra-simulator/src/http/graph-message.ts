import type { Json } from '../json.js';

/** Who calls: an application with its granted application permissions. */
export interface Caller {
  readonly appId: string;
  readonly permissions: ReadonlySet<string>;
}

/** One Graph request, alone or as an item of a batch. Header names are in lower case. */
export interface GraphRequest {
  readonly method: string;
  /** Path after the version, for instance `/users/delta`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json | undefined;
  readonly caller: Caller;
}

/** The answer to a {@link GraphRequest}; `undefined` as body sends none. */
export interface GraphReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Json | undefined;
}

/** 204 without content. */
export const noContent: GraphReply = { status: 204 };
