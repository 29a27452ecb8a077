/** One value of a multi-valued reference as a connector reported it. `_id` = `<group cs>><attribute>><member cs>`. */
export interface SourceEdge {
  _id: string;
  /** Connector-space id of the object that has the reference (the group). */
  g: string;
  a: string;
  /** Connector-space id of the object referred to; it need not be known. */
  t: string;
  /** Version (epoch, sequence) of the message that stated it. */
  e: number;
  q: number;
  /** Set id of the last whole-set read that contained it. */
  set?: string;
}

/** A value that a target object should have or has. `_id` = `<target>|<attribute>|<group mv>|<member mv>`. */
export interface TargetEdge {
  _id: string;
  target: string;
  a: string;
  /** Metaverse ids of the group and of the member. */
  g: string;
  m: string;
  desired: boolean;
  exported: boolean;
  confirmed: boolean;
  /** desired differs from exported. */
  pend: boolean;
  /** When it was released, in ms since 1970; absent while no export in flight carries it. */
  flight?: number;
  ackAt?: Date;
  /** Not before this time; far away while one of the ends is not in the target. */
  nextAt: Date;
  code?: string;
}

/** Id of a source edge, from connector-space ids. */
export const sourceEdgeId = (group: string, attribute: string, member: string): string =>
  `${group}>${attribute}>${member}`;
