import { z } from 'zod';
import { API, problemBody, type ApiRoute } from '@adjoin/contracts';

type Json = Record<string, unknown>;

/** Schema of a zod type as OpenAPI 3.1 (JSON Schema 2020-12) understands it. */
function schemaOf(type: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { io, unrepresentable: 'any' });
  return schema;
}

function parametersOf(route: ApiRoute): Json[] {
  const inPath = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  if (route.query === undefined) return inPath;
  const properties = schemaOf(route.query, 'input')['properties'];
  const inQuery = Object.entries(typeof properties === 'object' && properties !== null ? properties : {});
  return [...inPath, ...inQuery.map(([name, schema]) => ({ name, in: 'query', required: false, schema }))];
}

function operationOf(id: string, route: ApiRoute): Json {
  const json = (schema: Json): Json => ({ 'application/json': { schema } });
  return {
    operationId: id,
    summary: route.summary,
    parameters: parametersOf(route),
    ...(route.body === undefined
      ? {}
      : { requestBody: { required: true, content: json(schemaOf(route.body, 'input')) } }),
    responses: {
      [route.status]: { description: route.summary, content: json(schemaOf(route.answer, 'output')) },
      default: {
        description: 'What went wrong, where, and what to do',
        content: json({ $ref: '#/components/schemas/Problem' }),
      },
    },
  };
}

/** The OpenAPI document of the REST API, generated from the table of operations. */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Json> = {};
  for (const [id, route] of Object.entries<ApiRoute>(API)) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operationOf(id, route) };
  }
  paths['/api/v1/events'] = {
    get: {
      operationId: 'events',
      summary: 'Server-sent events `status` with the answer of /api/v1/status whenever it changed',
      responses: {
        200: { description: 'Event stream', content: { 'text/event-stream': { schema: { type: 'string' } } } },
      },
    },
  };
  return {
    openapi: '3.1.0',
    info: { title: 'Adjoin control-plane', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths,
    components: {
      schemas: { Problem: schemaOf(problemBody, 'output') },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
    security: [{ token: [] }, {}],
  };
}
