import type { CompiledFlow, Merging } from './compiled-flow.js';
import { FlowProgram } from './flow-program.js';
import type { InboundScope, CompiledRule } from './inbound-plan.js';

/** A flow and the position of its source object among the joined objects. */
export interface SlotFlow {
  readonly flow: CompiledFlow;
  readonly slot: number;
}

/** All flows of one target attribute in precedence order, equal ones once. */
export interface FlowGroup {
  readonly attribute: string;
  readonly merging: Merging;
  /** Rules in scope disagree on the merge type: an error of the object. */
  readonly mixed: boolean;
  readonly flows: readonly SlotFlow[];
  /** With equal ones of rules of lower precedence, which decide nothing: for explanations. */
  readonly all: readonly SlotFlow[];
}

interface Node {
  readonly next: Map<InboundScope, Node>;
  program: FlowProgram | undefined;
}

function newNode(): Node {
  return { next: new Map(), program: undefined };
}

/** Builds and remembers the flows for each combination of joined objects and rules in scope. */
export class InboundFlowTable {
  readonly #roots = new Map<string, Node>();

  /** @param scopes scope of each joined object, in the order of the slots */
  program(mvType: string, scopes: readonly InboundScope[]): FlowProgram {
    const root = this.#roots.get(mvType) ?? newNode();
    this.#roots.set(mvType, root);
    const node = scopes.reduce((at, scope) => {
      const next = at.next.get(scope) ?? newNode();
      at.next.set(scope, next);
      return next;
    }, root);
    node.program ??= new FlowProgram(
      groupFlows(
        scopes.flatMap((scope, slot) =>
          scope.linking
            ? scope.rules.filter(({ rule }) => reaches(rule.targetType, mvType)).map((rule) => ({ rule, slot }))
            : [],
        ),
      ),
      scopes.length,
    );
    return node.program;
  }
}

function reaches(targetType: string, mvType: string): boolean {
  return targetType === mvType || targetType === '*';
}

/** Groups the flows of rules by target attribute; by precedence, ties by slot. */
export function groupFlows(
  rules: readonly { readonly rule: CompiledRule; readonly slot: number }[],
): readonly FlowGroup[] {
  const ordered = [...rules].sort((a, b) => a.rule.rule.precedence - b.rule.rule.precedence || a.slot - b.slot);
  const byAttribute = new Map<string, SlotFlow[]>();
  for (const { rule, slot } of ordered) {
    for (const flow of rule.flows) {
      const list = byAttribute.get(flow.to);
      if (list === undefined) byAttribute.set(flow.to, [{ flow, slot }]);
      else list.push({ flow, slot });
    }
  }
  return [...byAttribute].map(([attribute, flows]) => groupOf(attribute, flows));
}

function groupOf(attribute: string, flows: readonly SlotFlow[]): FlowGroup {
  const merging = flows[0]?.flow.merging ?? 'replace';
  const seen = new Set<string>();
  const distinct = flows.filter(({ flow, slot }) => {
    const key = `${slot}\u0000${flow.applyOnce ? flow.rule.id : ''}\u0000${flow.sameness}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return { attribute, merging, mixed: flows.some(({ flow }) => flow.merging !== merging), flows: distinct, all: flows };
}
