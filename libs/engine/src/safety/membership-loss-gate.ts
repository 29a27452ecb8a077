/** Members a group would lose with the pending exports. */
export interface MembershipLoss {
  readonly group: string;
  readonly removals: number;
  /** Members the target has now. */
  readonly members: number;
}

export interface MembershipLossGateInput {
  readonly losses: readonly MembershipLoss[];
  /** Removals released in the last 24 hours that nobody approved, over all groups. */
  readonly unapprovedReleased24h: number;
  /** Greatest part of a group's members that may go, 0 to 1; undefined: off. */
  readonly groupRatio: number | undefined;
  /** Groups that lose no more than this are not held by the ratio. */
  readonly groupMinimum: number;
  /** Greatest number of removals over all groups; undefined: off. */
  readonly total: number | undefined;
}

export interface MembershipLossGateDecision {
  /** Groups whose removals wait. */
  readonly heldGroups: readonly string[];
  /** The total is exceeded: the removals of every group wait. */
  readonly holdAll: boolean;
  readonly counted: number;
}

/** Holds removals of members that look like a mistake: too large a part of one group, or too many altogether. */
export function decideMembershipLossGate(input: MembershipLossGateInput): MembershipLossGateDecision {
  const { losses, groupRatio, groupMinimum, total } = input;
  const counted = losses.reduce((sum, { removals }) => sum + removals, input.unapprovedReleased24h);
  const pending = losses.some(({ removals }) => removals > 0);
  const exceeds = ({ removals, members }: MembershipLoss): boolean =>
    groupRatio !== undefined && removals > groupMinimum && removals > members * groupRatio;
  return {
    heldGroups: losses.filter(exceeds).map(({ group }) => group),
    holdAll: total !== undefined && pending && counted > total,
    counted,
  };
}
