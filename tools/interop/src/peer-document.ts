import { isElement, textOfValue, type TextValue, type XmlElement } from '@adjoin/sync-service';
import { z } from 'zod';

/** A text as a peer gives it: type and characters. */
export interface PeerText {
  readonly t: string;
  readonly v: string;
}
export interface PeerAttribute extends PeerText {
  /** Prefix, name, namespace. */
  readonly p: string;
  readonly n: string;
  readonly u: string;
}
/** An element as peers exchange it, see peers/document.py. */
export interface PeerElement {
  readonly p: string;
  readonly n: string;
  readonly u: string;
  /** Prefixes with the namespaces they are declared for. */
  readonly d: readonly (readonly [string, string])[];
  readonly a: readonly PeerAttribute[];
  readonly c: readonly (PeerElement | PeerText)[];
}

const text = z.object({ t: z.string(), v: z.string() });
const attribute = text.extend({ p: z.string(), n: z.string(), u: z.string() });
export const peerElement: z.ZodType<PeerElement> = z.object({
  ...{ p: z.string(), n: z.string(), u: z.string() },
  d: z.array(z.tuple([z.string(), z.string()])),
  a: z.array(attribute),
  c: z.array(z.union([z.lazy(() => peerElement), text])),
});

/**
 * How exactly a decoder tells types apart: `kind` as the records of the specification do, `class` by the type of its language (one for all
 * integers, one for both ids), `characters` not at all.
 */
export type Precision = 'kind' | 'class' | 'characters';

const CLASSES: Partial<Record<TextValue['kind'], string>> = {
  ...{ zero: 'integer', one: 'integer', int8: 'integer', int16: 'integer', int32: 'integer', int64: 'integer' },
  ...{ uint64: 'integer', true: 'boolean', false: 'boolean', bool: 'boolean', chars: 'text', unicode: 'text' },
  ...{ empty: 'text', uniqueid: 'uuid', uuid: 'uuid' },
};

/** A decoded document of ours in the form of the peers, its texts typed as exactly as the peer's are. */
export function peerDocument(element: XmlElement, precision: Precision): PeerElement {
  return {
    ...{ p: element.prefix, n: element.name, u: element.namespace },
    d: element.declarations.map(({ prefix, namespace }) => [prefix, namespace]),
    a: element.attributes.map(({ prefix, name, namespace, value }) => ({
      ...{ p: prefix, n: name, u: namespace },
      ...peerText(value, precision),
    })),
    c: element.children.map((child) =>
      isElement(child) ? peerDocument(child, precision) : peerText(child.text, precision),
    ),
  };
}

function peerText(value: TextValue, precision: Precision): PeerText {
  const characters = textOfValue(value);
  if (precision === 'characters') return { t: 'characters', v: characters };
  const t = precision === 'kind' ? value.kind : (CLASSES[value.kind] ?? value.kind);
  return { t, v: value.kind === 'uniqueid' ? value.value : characters };
}

/** Where two documents differ, as paths with what is expected and what is there; empty when they are the same in every name, namespace, declaration, attribute and text. */
export function differences(expected: PeerElement, actual: PeerElement): readonly string[] {
  return elementDifferences(expected, actual, `/${expected.n}`);
}

function elementDifferences(left: PeerElement, right: PeerElement, path: string): readonly string[] {
  const [expected, actual] = [normal(left), normal(right)];
  const head = ({ p, n, u, d, a }: PeerElement): string => JSON.stringify({ p, n, u, d, a });
  if (head(expected) !== head(actual)) return [`${path}: ${short(head(expected))} became ${short(head(actual))}`];
  if (expected.c.length !== actual.c.length)
    return [`${path}: ${expected.c.length} children became ${actual.c.length} (${names(expected)} / ${names(actual)})`];
  return expected.c.flatMap((child, index) => {
    const other = actual.c[index];
    const at = 'n' in child ? `${path}/${child.n}[${index}]` : `${path}/text()`;
    if (other !== undefined && 'n' in child && 'n' in other) return elementDifferences(child, other, at);
    const [before, now] = [JSON.stringify(child), JSON.stringify(other)];
    return before === now ? [] : [`${at}: ${short(before)} became ${short(now)}`];
  });
}

const names = ({ c }: PeerElement): string => short(c.map((child) => ('n' in child ? child.n : child.v)).join(', '));
const LONGEST = 160;
const short = (text = 'nothing'): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

/** Text in parts is the same text, an empty one is none, and the order of declarations and attributes means nothing. */
function normal(element: PeerElement): PeerElement {
  const c: (PeerElement | PeerText)[] = [];
  for (const child of element.c) {
    const before = c.at(-1);
    if (!('v' in child)) c.push(child);
    else if (before !== undefined && 'v' in before && before.t === child.t)
      c[c.length - 1] = { t: child.t, v: joined(before, child) };
    else if (child.v !== '') c.push({ t: child.t, v: child.v });
  }
  const sorted = <T>(items: readonly T[]): readonly T[] =>
    [...items].sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
  const a = element.a.map(({ p, n, u, t, v }) => ({ p, n, u, t, v }));
  return { ...element, d: sorted(element.d), a: sorted(a), c };
}

function joined({ t, v }: PeerText, next: PeerText): string {
  if (t !== 'bytes') return v + next.v;
  return Buffer.concat([Buffer.from(v, 'base64'), Buffer.from(next.v, 'base64')]).toString('base64');
}

/** The same document with other texts. */
export function withTexts(element: PeerElement, change: (text: string) => string): PeerElement {
  return {
    ...element,
    a: element.a.map((one) => ({ ...one, v: change(one.v) })),
    c: element.c.map((child) => ('n' in child ? withTexts(child, change) : { ...child, v: change(child.v) })),
  };
}
