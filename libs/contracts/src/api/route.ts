import type { z } from 'zod';

/** One operation of the REST API. The table {@link API} is the source of the OpenAPI document and of the client of the CLI. */
export interface ApiRoute<
  Query extends z.ZodObject | undefined = z.ZodObject | undefined,
  Body extends z.ZodType | undefined = z.ZodType | undefined,
  Answer extends z.ZodType = z.ZodType,
> {
  readonly method: 'get' | 'post' | 'put';
  /** Express style: `/api/v1/runs/:id`. */
  readonly path: string;
  readonly summary: string;
  readonly query: Query;
  readonly body: Body;
  readonly answer: Answer;
  /** Success status: 200, or 202 when the work goes on behind the answer. */
  readonly status: 200 | 202;
}

interface Parts<Query, Body, Answer> {
  readonly query?: Query;
  readonly body?: Body;
  readonly answer: Answer;
  readonly status?: 200 | 202;
}

const route =
  (method: ApiRoute['method']) =>
  <
    Answer extends z.ZodType,
    Query extends z.ZodObject | undefined = undefined,
    Body extends z.ZodType | undefined = undefined,
  >(
    path: string,
    summary: string,
    parts: Parts<Query, Body, Answer>,
  ): ApiRoute<Query, Body, Answer> => ({
    method,
    path: `/api/v1/${path}`,
    summary,
    query: parts.query as Query,
    body: parts.body as Body,
    answer: parts.answer,
    status: parts.status ?? 200,
  });

/** A read. */
export const get = route('get');
/** A command, or a read with a body. */
export const post = route('post');
/** Replaces a value. */
export const put = route('put');
