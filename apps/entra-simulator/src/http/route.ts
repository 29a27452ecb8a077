import type { Tenant } from '../graph/tenant.js';
import type { GraphReply, GraphRequest } from './graph-message.js';

/** A request with the variables of its path and the tenant it acts on. */
export interface Call {
  readonly tenant: Tenant;
  readonly request: GraphRequest;
  /** Value of a path variable such as `id`, decoded. */
  readonly param: (name: string) => string;
}

/** Handlers are synchronous: a write is one step, and nothing runs between its check and its effect. */
export type Handler = (call: Call) => GraphReply;

/** One operation of the service. */
export interface Route {
  readonly method: string;
  /** `/users/{id}/manager/$ref` */
  readonly pattern: string;
  /** Application permissions, any of which is enough. */
  readonly permissions: readonly string[];
  /** Resource units before the adjustments for `$select`, `$expand` and `$top` (section 5). */
  readonly cost: number;
  readonly handler: Handler;
}

/** A route with the variables of a path. */
export interface RouteMatch {
  readonly route: Route;
  readonly params: ReadonlyMap<string, string>;
}

interface Node {
  readonly literals: Map<string, Node>;
  variable?: { readonly name: string; readonly node: Node } | undefined;
  readonly methods: Map<string, Route>;
}

const newNode = (): Node => ({ literals: new Map(), methods: new Map() });

/** Finds routes by path segment; a literal segment wins over a variable one. */
export class Router {
  readonly #root = newNode();

  constructor(routes: readonly Route[]) {
    for (const route of routes) this.#add(route);
  }

  /** The route, `known-path` if only the method is wrong, or `undefined`. */
  find(method: string, path: string): RouteMatch | 'known-path' | undefined {
    const segments = path.split('/').filter((segment) => segment !== '');
    const params = new Map<string, string>();
    const node = walk(this.#root, segments, 0, params);
    if (node === undefined) return undefined;
    const route = node.methods.get(method);
    return route === undefined ? 'known-path' : { route, params };
  }

  #add(route: Route): void {
    let node = this.#root;
    for (const segment of route.pattern.split('/').filter((part) => part !== '')) {
      if (segment.startsWith('{')) {
        node.variable ??= { name: segment.slice(1, -1), node: newNode() };
        node = node.variable.node;
      } else {
        const next = node.literals.get(segment.toLowerCase()) ?? newNode();
        node.literals.set(segment.toLowerCase(), next);
        node = next;
      }
    }
    node.methods.set(route.method, route);
  }
}

function walk(node: Node, segments: readonly string[], index: number, params: Map<string, string>): Node | undefined {
  const segment = segments[index];
  if (segment === undefined) return node.methods.size > 0 ? node : undefined;
  // Functions may be written with their namespace and parentheses.
  const literal = segment
    .toLowerCase()
    .replace(/^microsoft\.graph\.(delta|restore)/, '$1')
    .replace(/\(\)$/, '');
  const next = node.literals.get(literal);
  const found = next === undefined ? undefined : walk(next, segments, index + 1, params);
  if (found !== undefined || node.variable === undefined) return found;
  params.set(node.variable.name, decodeSegment(segment));
  return walk(node.variable.node, segments, index + 1, params);
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // A stray percent sign names nothing; the look-up then answers 404.
    return segment;
  }
}
