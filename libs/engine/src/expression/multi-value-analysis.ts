import { childrenOf, type CallExpression, type Expression } from './ast.js';
import { findFunction } from './function-table.js';

/** Identifies what a leaf reads: `a:` attribute, `i:` imported value, `v:` variable binding. */
export type SourceKey = string;

export interface MultiValueAnalysis {
  /** Sources over whose values a node is evaluated once per value, outermost first. */
  readonly mappedAt: ReadonlyMap<Expression, readonly SourceKey[]>;
  /** Leaves that read the current value of such a source; all others read the whole attribute. */
  readonly perValue: ReadonlySet<Expression>;
  /** The source each leaf reads. */
  readonly sourceOf: ReadonlyMap<Expression, SourceKey>;
  /** The binding made by each With, Select and Where. */
  readonly bindingOf: ReadonlyMap<Expression, SourceKey>;
}

interface Occurrence {
  readonly leaf: Expression;
  /** From the top of the region to the leaf, cut behind the node that needs a single value. */
  readonly path: readonly Expression[];
  readonly needsOne: boolean;
}

/** A part of the tree whose result is used as a whole: the expression itself, and every argument for a set. */
interface Region {
  readonly path: Expression[];
  readonly occurrences: Map<SourceKey, Occurrence[]>;
}

/** `depth` = nodes of the region outside the binding; a variable cannot be mapped further out. */
interface Binding {
  readonly key: SourceKey;
  readonly region: Region;
  readonly depth: number;
}

interface Place {
  readonly region: Region;
  /** Nodes of the region path down to the one that needs a single value here; 0 when none does. */
  readonly consumerDepth: number;
  readonly scope: ReadonlyMap<string, Binding>;
}

/**
 * Finds where a multi-valued attribute in a scalar position is mapped (expressions.md §6): at the smallest expression
 * that holds all its occurrences, so that condition and branch of an IIF see the same value. A set parameter is a
 * border: what is computed inside it is computed from the whole attribute.
 */
export function analyseMultiValues(root: Expression): MultiValueAnalysis {
  return new Analysis().run(root);
}

class Analysis {
  readonly #mappedAt = new Map<Expression, SourceKey[]>();
  readonly #perValue = new Set<Expression>();
  readonly #sourceOf = new Map<Expression, SourceKey>();
  readonly #bindingOf = new Map<Expression, SourceKey>();

  run(root: Expression): MultiValueAnalysis {
    this.#region(root, new Map());
    return {
      mappedAt: this.#mappedAt,
      perValue: this.#perValue,
      sourceOf: this.#sourceOf,
      bindingOf: this.#bindingOf,
    };
  }

  #region(root: Expression, scope: ReadonlyMap<string, Binding>): void {
    const region: Region = { path: [], occurrences: new Map() };
    this.#walk(root, { region, consumerDepth: 0, scope });
    for (const [key, occurrences] of region.occurrences) this.#place(key, occurrences);
  }

  #place(key: SourceKey, occurrences: readonly Occurrence[]): void {
    if (!occurrences.some((occurrence) => occurrence.needsOne)) return;
    const [first, ...others] = occurrences.map((occurrence) => occurrence.path);
    let length = first?.length ?? 0;
    for (const path of others) {
      let common = 0;
      while (common < length && path[common] === first?.[common]) common++;
      length = common;
    }
    const node = first?.[length - 1];
    if (node === undefined) return;
    this.#mappedAt.set(node, [...(this.#mappedAt.get(node) ?? []), key]);
    for (const occurrence of occurrences) this.#perValue.add(occurrence.leaf);
  }

  #walk(node: Expression, place: Place): void {
    place.region.path.push(node);
    const source = this.#source(node, place);
    if (source !== undefined) this.#occurrence(node, source, place);
    else if (node.kind === 'call') this.#call(node, place);
    else this.#scalars(childrenOf(node), place);
    place.region.path.pop();
  }

  #source(node: Expression, place: Place): Pick<Binding, 'key'> | undefined {
    switch (node.kind) {
      case 'attribute':
        return { key: `a:${node.name}` };
      case 'variable':
        return place.scope.get(node.name);
      case 'call': {
        const name = importedName(node);
        return name === undefined ? undefined : { key: `i:${name}` };
      }
      default:
        return undefined;
    }
  }

  #occurrence(leaf: Expression, source: Pick<Binding, 'key'> & Partial<Binding>, place: Place): void {
    const { region, consumerDepth } = place;
    const boundHere = source.region === region ? (source.depth ?? 0) : 0;
    const needsOne = consumerDepth > boundHere;
    const path = needsOne ? region.path.slice(0, consumerDepth) : region.path.slice();
    const known = region.occurrences.get(source.key) ?? [];
    region.occurrences.set(source.key, [...known, { leaf, path, needsOne }]);
    this.#sourceOf.set(leaf, source.key);
  }

  #scalars(nodes: readonly Expression[], place: Place): void {
    for (const child of nodes) this.#walk(child, { ...place, consumerDepth: place.region.path.length });
  }

  #call(node: CallExpression, place: Place): void {
    const definition = findFunction(node.name);
    if (definition === undefined) return this.#scalars(node.args, place);
    if (['with', 'select', 'where'].includes(definition.form)) return this.#binder(node, definition.form, place);
    for (const [index, arg] of node.args.entries()) {
      const count = definition.parameters.length;
      const parameter = definition.parameters[index < count || !definition.repeats ? index : index % 2];
      if (parameter?.position === 'set') this.#region(arg, place.scope);
      else if (parameter?.position === 'passed') this.#walk(arg, place);
      else this.#scalars([arg], place);
    }
  }

  #binder(node: CallExpression, form: string, place: Place): void {
    const [variable, source, body] = node.args;
    if (variable?.kind !== 'variable' || source === undefined || body === undefined) return;
    const key = `v:${this.#bindingOf.size}`;
    this.#bindingOf.set(node, key);
    this.#region(source, place.scope);
    const { region } = place;
    const scope = new Map(place.scope).set(variable.name, { key, region, depth: region.path.length });
    if (form === 'with') this.#walk(body, { ...place, scope });
    else this.#region(body, scope);
  }
}

/** The attribute name of `ImportedValue("name")`. */
export function importedName(node: CallExpression): string | undefined {
  const [name] = node.args;
  return node.name === 'ImportedValue' && name?.kind === 'string' ? name.value : undefined;
}
