import { Controller, Get } from '@nestjs/common';
import { openApiDocument } from './openapi.js';

@Controller('api/openapi.json')
export class OpenApiController {
  readonly #document = openApiDocument('0.1.0');

  @Get()
  show(): Readonly<Record<string, unknown>> {
    return this.#document;
  }
}
