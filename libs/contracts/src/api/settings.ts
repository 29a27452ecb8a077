import { z } from 'zod';
import { instant } from './page.js';

export const settingValue = z.union([z.string(), z.number()]);
export const setting = z.object({
  key: z.string(),
  value: settingValue,
  default: settingValue,
  describe: z.string(),
  changed: z.object({ at: instant, by: z.string() }).nullable(),
});
export type Setting = z.infer<typeof setting>;
export const settingList = z.object({ items: z.array(setting) });

export const putSetting = z.object({ value: z.union([z.string().max(1000), z.number(), z.boolean()]) }).strict();
export type PutSetting = z.infer<typeof putSetting>;

export const connectorItem = z.object({
  name: z.string(),
  type: z.enum(['ad', 'entra']),
  id: z.string(),
  enabled: z.boolean(),
  /** Forest root or tenant id. */
  directory: z.string(),
  partitions: z.array(z.string()),
  profiles: z.array(z.string()),
});
export type ConnectorItem = z.infer<typeof connectorItem>;
export const connectorList = z.object({ items: z.array(connectorItem) });
