import {
  LAPSE_MS,
  REGAIN_PER_SECOND,
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
    const document = await this.#budgets.findOneAndUpdate(
      { _id: this.#id, $expr: alive },
      [
        { $set: { ...this.#refilled(), at: '$$NOW' } },
        { $set: { granted: { $cond: [{ $gte: ['$tokens', wanted] }, wanted, 0] } } },
        { $set: { tokens: { $subtract: ['$tokens', '$granted'] } } },
      ],
      { returnDocument: 'after' },
    );
    if (document === null) return { level: undefined, granted: wanted, waitMs: 0 };
    const level = levelOf(document);
    const granted = Number(document.granted);
    return { level, granted, waitMs: granted < wanted ? waitFor(wanted, level) : 0 };
  }

  async observe(tokens: number, spent: number, perSecond?: number): Promise<SharedBudget> {
    const { capacity, perSecond: published } = this.#quota;
    const now = this.#refilled();
    const known = { $cond: [alive, now.tokens, capacity] };
    const rate = { $min: [{ $cond: [alive, now.perSecond, published] }, perSecond ?? published] };
    const left = { $subtract: [{ $min: [known, tokens] }, spent] };
    const document = await this.#budgets.findOneAndUpdate(
      { _id: this.#id },
      [{ $set: { tokens: left, perSecond: rate, at: '$$NOW', signAt: '$$NOW', capacity, granted: 0 } }],
      { upsert: true, returnDocument: 'after' },
    );
    return { level: document === null ? undefined : levelOf(document) };
  }

  /** Tokens and their rate at this moment: {@link refilled} of `@adjoin/graph` as the database computes it. */
  #refilled(): { readonly tokens: Expression; readonly perSecond: Expression } {
    const { capacity, perSecond } = this.#quota;
    const tokens = { $ifNull: ['$tokens', capacity] };
    const rate = { $ifNull: ['$perSecond', perSecond] };
    const seconds = { $divide: [{ $max: [0, { $subtract: ['$$NOW', { $ifNull: ['$at', '$$NOW'] }] }] }, 1000] };
    const most = { $multiply: [rate, capacity / perSecond] };
    const gained = { $add: [tokens, { $multiply: [seconds, rate] }] };
    return {
      tokens: { $max: [tokens, { $min: [most, gained] }] },
      perSecond: {
        $min: [perSecond, { $multiply: [rate, { $add: [1, { $multiply: [seconds, REGAIN_PER_SECOND] }] }] }],
      },
    };
  }
}

const alive: Expression = {
  $gt: [{ $ifNull: ['$signAt', new Date(0)] }, { $subtract: ['$$NOW', LAPSE_MS] }],
};

const levelOf = ({ tokens, at, perSecond }: BudgetDocument): Level => ({
  tokens: Number(tokens),
  at: at.getTime(),
  perSecond: Number(perSecond),
});
