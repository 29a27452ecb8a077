import { z } from 'zod';

/** Settings an operator changes at run time (`adjoin settings`), stored by control-plane in `settings` as `{_id: key, value, at, by}`. */
export const SETTINGS = {
  staging: { schema: z.enum(['on', 'off']), default: 'off', describe: 'on: import and synchronize, export nothing' },
  'deletionThreshold.count': {
    schema: z.coerce.number().int().min(0),
    default: 500,
    describe: 'more pending deletes than this are held',
  },
  'deletionThreshold.action': {
    schema: z.enum(['hold-deletes', 'stop-all', 'off']),
    default: 'hold-deletes',
    describe: 'hold-deletes: everything else flows; stop-all: like Entra Connect; off: no threshold',
  },
  'membershipLoss.group': {
    schema: z.coerce.number().int().min(0),
    default: 1000,
    describe: 'removals in one group above this are held',
  },
  'membershipLoss.total': {
    schema: z.coerce.number().int().min(0),
    default: 5000,
    describe: 'removals in all above this are held',
  },
  'confirmation.retryMinutes': {
    schema: z.coerce.number().min(0),
    default: 10,
    describe: 're-export of a refuted value at most once in this time',
  },
} as const satisfies Record<string, { schema: z.ZodType; default: string | number; describe: string }>;
export type SettingKey = keyof typeof SETTINGS;
export type SettingValues = { readonly [K in SettingKey]: z.infer<(typeof SETTINGS)[K]['schema']> };

/** Document that carries the gate epoch: it grows whenever a setting that stops exports changes. */
export const GATE_EPOCH_ID = 'gateEpoch';
