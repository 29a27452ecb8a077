import type { GraphRequest } from '../http/graph-message.js';
import type { JsonObject } from '../json.js';
import { isJsonObject } from '../json.js';
import { badRequest } from './graph-error.js';

/** The JSON object of a write. @throws GraphError 400 if there is none. */
export function bodyOf(request: GraphRequest): JsonObject {
  if (!isJsonObject(request.body))
    throw badRequest(
      'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
    );
  return request.body;
}
