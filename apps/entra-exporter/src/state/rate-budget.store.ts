import {
  LAPSE_MS,
  waitFor,
  type BudgetStore,
  type Draw,
  type Level,
  type Quota,
  type SharedBudget,
} from '@adjoin/graph';
import type { Collection, Db } from '@adjoin/shared';

interface BudgetDocument {
  /** Name of the Entra connector. */
  _id: string;
  tokens: number;
  at: Date;
  /** Last sign that the service limits. */
  signAt: Date;
  capacity: number;
  perSecond: number;
  /** What the last draw got. */
  granted: number;
}
/** Part of an update pipeline: computed by the database, on its clock. */
type Expression = Readonly<Record<string, unknown>>;

/**
 * Owns `rateBudget`: one bucket for each tenant, which all replicas of the exporter draw from. The database computes with its own clock, so that
 * the clocks of replicas do not matter. Without a document nothing is limited.
 */
export class RateBudgetStore implements BudgetStore {
  readonly #budgets: Collection<BudgetDocument>;
  readonly #id: string;
  readonly #quota: Quota;

  constructor(db: Db, connector: string, quota: Quota) {
    this.#budgets = db.collection<BudgetDocument>('rateBudget');
    this.#id = connector;
    this.#quota = quota;
  }

  async read(): Promise<SharedBudget> {
    const drawn = await this.draw(0);
    return { level: drawn.level };
  }

  async draw(wanted: number): Promise<Draw> {
    const document = await this.#update([
      { $set: { tokens: this.#refilled(), at: '$$NOW' } },
      { $set: { granted: { $cond: [{ $gte: ['$tokens', wanted] }, wanted, 0] } } },
      { $set: { tokens: { $subtract: ['$tokens', '$granted'] } } },
    ]);
    if (document === null) return { level: undefined, granted: wanted, waitMs: 0 };
    const level = levelOf(document);
    const granted = Number(document.granted);
    return { level, granted, waitMs: granted < wanted ? waitFor(wanted, level, this.#quota) : 0 };
  }

  async observe(tokens: number, spent: number): Promise<SharedBudget> {
    const { capacity, perSecond } = this.#quota;
    const known = { $cond: [alive, this.#refilled(), capacity] };
    const document = await this.#budgets.findOneAndUpdate(
      { _id: this.#id },
      [
        {
          $set: {
            tokens: { $subtract: [{ $min: [known, tokens] }, spent] },
            at: '$$NOW',
            signAt: '$$NOW',
            capacity,
            perSecond,
            granted: 0,
          },
        },
      ],
      { upsert: true, returnDocument: 'after' },
    );
    return { level: document === null ? undefined : levelOf(document) };
  }

  #update(pipeline: Expression[]): Promise<BudgetDocument | null> {
    return this.#budgets.findOneAndUpdate({ _id: this.#id, $expr: alive }, pipeline, { returnDocument: 'after' });
  }

  /** Tokens at this moment. */
  #refilled(): Expression {
    const since = { $subtract: ['$$NOW', { $ifNull: ['$at', '$$NOW'] }] };
    const fresh = { $multiply: [{ $max: [0, since] }, this.#quota.perSecond / 1000] };
    return { $min: [this.#quota.capacity, { $add: [{ $ifNull: ['$tokens', this.#quota.capacity] }, fresh] }] };
  }
}

const alive: Expression = {
  $gt: [{ $ifNull: ['$signAt', new Date(0)] }, { $subtract: ['$$NOW', LAPSE_MS] }],
};

const levelOf = ({ tokens, at }: BudgetDocument): Level => ({ tokens: Number(tokens), at: at.getTime() });
