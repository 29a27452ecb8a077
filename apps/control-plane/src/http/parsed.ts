import type { PipeTransform } from '@nestjs/common';
import { z } from 'zod';
import { SyncError } from '@adjoin/contracts';

/** Pipe that parses a query or body with a schema; names every bad field at once (ADJ-API-4003). */
export function parsed<T extends z.ZodType>(schema: T): PipeTransform<unknown, z.infer<T>> {
  return {
    transform(value) {
      const result = schema.safeParse(value);
      if (result.success) return result.data;
      throw new SyncError('ADJ-API-4003', `The request is invalid:\n${z.prettifyError(result.error)}`);
    },
  };
}
