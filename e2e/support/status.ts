import { API, type StatusAnswer } from '@adjoin/contracts';
import type { CommandResult } from './adjoin.js';

/** The document of `adjoin status --json`. */
export function statusOf(result: CommandResult): StatusAnswer {
  return API.status.answer.parse(result.json);
}
