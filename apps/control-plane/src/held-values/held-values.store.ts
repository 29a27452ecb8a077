import { Inject, Injectable } from '@nestjs/common';
import type { HeldValue } from '@adjoin/contracts';
import type { MongoHandle } from '@adjoin/shared';
import { z } from 'zod';
import { MONGO } from '../ports.js';

/** What the exporter keeps in `shadowValues`: by cloud id, values that were sent differently from what was decided. */
const shadowDocument = z.object({
  _id: z.string(),
  values: z.record(z.string(), z.object({ asked: z.string().nullable(), sent: z.string().nullable() })).catch({}),
});

/** Of these the exporter holds values back and applies them later (duplicates, domains that are not verified); others are substitutes for good. */
const HELD = ['userPrincipalName', 'mail'] as const;

/** Values that the tenant does not have yet because they are another object's, or of a domain that is not verified. */
@Injectable()
export class HeldValuesStore {
  constructor(@Inject(MONGO) private readonly mongo: MongoHandle) {}

  /** By cloud id; objects of which nothing is held back are absent. */
  async of(cloudIds: readonly string[]): Promise<ReadonlyMap<string, HeldValue[]>> {
    if (cloudIds.length === 0) return new Map();
    const found = await this.#shadows()
      .find({ _id: { $in: [...cloudIds] } })
      .toArray();
    const held = found.map((document): [string, HeldValue[]] => {
      const { _id, values } = shadowDocument.parse(document);
      return [_id, HELD.flatMap((attribute) => heldValue(attribute, values[attribute]))];
    });
    return new Map(held.filter(([, values]) => values.length > 0));
  }

  /** Objects of which a value is held back. */
  count(): Promise<number> {
    const isHeld = (name: string) => ({ [`values.${name}.asked`]: { $type: 'string' as const } });
    return this.#shadows().countDocuments({ $or: HELD.map(isHeld) });
  }

  #shadows() {
    return this.mongo.db.collection<{ _id: string }>('shadowValues');
  }
}

function heldValue(
  attribute: string,
  value: { readonly asked: string | null; readonly sent: string | null } | undefined,
): HeldValue[] {
  return value === undefined || value.asked === null ? [] : [{ attribute, wanted: value.asked, present: value.sent }];
}
