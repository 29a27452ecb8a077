import { slotForest } from '../ports.js';
import { directoryLoad, FORESTS, type DirectoryLoad, type ForestDefinition } from './forest.js';

/** A forest and what it is filled with. */
export interface ForestPlan {
  readonly definition: ForestDefinition;
  readonly load: DirectoryLoad;
  /** The forest with the accounts that this one has linked mailboxes, contacts and foreign members for. */
  readonly accountForest?: Omit<ForestPlan, 'accountForest'> | undefined;
}

/** How many of so many accounts have their mailbox in the other forest: the rule of `account_roles` in resource_forest.py. */
function linkedMailboxes(accounts: number): number {
  return Array.from({ length: accounts }, (_, index) => index % 5).filter((rest) => rest === 1 || rest === 3).length;
}

/**
 * The forests of the lab in a slot. One: `corp` with everything. Two: accounts in `corp`, of which four in ten have their mailbox in `res`,
 * one in ten is a contact there and one in four is in groups there by a foreign security principal; `users` accounts exist in each
 * forest, those of linked mailboxes included.
 */
export function labForests(
  count: 1 | 2,
  wanted: {
    readonly users?: number | undefined;
    readonly groups?: number | undefined;
    readonly seed?: number | undefined;
  },
  slot = 0,
): readonly ForestPlan[] {
  const load = directoryLoad(wanted);
  const corp = slotForest(FORESTS.corp, slot);
  if (count === 1) return [{ definition: corp, load }];
  const accountForest = { definition: corp, load: { ...load, mailboxesElsewhere: true } };
  const own = { ...load, users: load.users - linkedMailboxes(load.users), seed: load.seed + 1 };
  return [accountForest, { definition: slotForest(FORESTS.res, slot), load: own, accountForest }];
}
