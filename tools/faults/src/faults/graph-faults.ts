import type { FaultRule } from '../lab/tenant.js';
import type { GraphTrouble } from '../schedule/fault.js';

const GRAPH = '^/(?!.*oauth2)';

/** How the simulator answers in each kind of trouble. */
export function graphRules(trouble: GraphTrouble): readonly FaultRule[] {
  switch (trouble) {
    case 'outage':
      return [{ path: GRAPH, status: 503, retryAfter: 1 }];
    case 'throttled':
      return [{ path: GRAPH, status: 429, retryAfter: 1, probability: 0.4 }];
    case 'drops':
      return [{ path: GRAPH, drop: true, probability: 0.2 }];
    case 'lost-answers':
      // The write took effect; nobody hears of it.
      return [
        { path: GRAPH, status: 504, when: 'after', probability: 0.15 },
        { path: '^/\\$batch$', drop: true, when: 'after', probability: 0.2 },
      ];
    case 'slow':
      return [{ path: GRAPH, delayMs: 700, probability: 0.5 }];
    case 'tokens':
      return [{ path: GRAPH, status: 401, probability: 0.2 }];
  }
}
