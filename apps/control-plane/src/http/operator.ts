import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';

/** Header in which a client names the person; a claim for the audit trail, not a proof. */
export const OPERATOR_HEADER = 'x-adjoin-operator';

/** The person as the client claims it, printable and short. */
export function operatorOf(header: string | string[] | undefined): string {
  const text = String(header ?? '')
    .replace(/[^\x20-\x7e]/g, '')
    .trim()
    .slice(0, 100);
  return text === '' ? 'operator' : text;
}

/** Controller parameter: who asks. */
export const Operator = createParamDecorator((_: unknown, context: ExecutionContext): string =>
  operatorOf(context.switchToHttp().getRequest<IncomingMessage>().headers[OPERATOR_HEADER]),
);
