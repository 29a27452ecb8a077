import { expect, it } from 'vitest';
import { API } from '@adjoin/contracts';
import { openApiDocument } from './openapi.js';

it('describes every operation of the API with parameters, bodies and answers', () => {
  const document = JSON.parse(JSON.stringify(openApiDocument('1'))) as {
    paths: Record<string, Record<string, { operationId: string; parameters: { name: string }[] }>>;
  };
  const ids = Object.values(document.paths).flatMap((path) =>
    Object.values(path).map((operation) => operation.operationId),
  );
  expect(ids.sort()).toEqual([...Object.keys(API), 'events'].sort());
  const search = document.paths['/api/v1/connectors/{connector}/objects']?.['get'];
  expect(search?.parameters.map(({ name }) => name)).toEqual([
    'connector',
    'limit',
    'cursor',
    'dn',
    'attribute',
    'state',
  ]);
});
