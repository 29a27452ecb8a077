import { decodeDocument, dictionaryString, encodeDocument } from '@adjoin/sync-service';
import { differences, peerDocument, withTexts, type Precision } from './peer-document.js';
import type { Peer } from './peer.js';
import type { Message } from './record-messages.js';

/** What a check found: everything is well when nothing failed. */
export interface CheckResult {
  readonly what: string;
  readonly checked: number;
  readonly failures: readonly string[];
  readonly note?: string | undefined;
}

type Work = (message: Message) => Promise<readonly string[]>;

async function check(what: string, messages: readonly Message[], work: Work): Promise<CheckResult> {
  const failures: string[] = [];
  for (const message of messages) {
    const found = await work(message).catch((error: unknown) => [error instanceof Error ? error.message : 'failed']);
    failures.push(...found.slice(0, 2).map((difference) => `${message.name}: ${difference}`));
  }
  return { what, checked: messages.length, failures };
}

/** The peer reads what we send, and understands what we understand. */
export const readsOurs = (peer: Peer, precision: Precision, messages: readonly Message[]): Promise<CheckResult> =>
  check('reads every message as we do', messages, async ({ bytes }) =>
    differences(peerDocument(decodeDocument(bytes), precision), await peer.decode(bytes)),
  );

/**
 * We read what the peer makes of our documents.
 * @param precision how exactly the peer can be told the types
 * @param meant what the peer makes of a text by the way in which it takes them; as it is by default
 */
export async function weReadTheirs(
  peer: Peer,
  precision: Precision,
  messages: readonly Message[],
  meant: (text: string) => string = (text) => text,
): Promise<CheckResult> {
  let same = 0;
  const result = await check('is read by us when it writes them', messages, async ({ bytes }) => {
    const ours = decodeDocument(bytes);
    const theirs = await peer.encode(peerDocument(ours, 'kind'));
    if (Buffer.compare(theirs, bytes) === 0) same++;
    const [expected, actual] = [ours, decodeDocument(theirs)].map((one) => peerDocument(one, precision));
    if (expected === undefined || actual === undefined) return ['nothing to compare'];
    return differences(withTexts(expected, meant), actual);
  });
  return { ...result, note: `${String(same)} of ${String(messages.length)} in the very bytes that we send` };
}

/** The records that the peer reads from our bytes are the same bytes when it writes them. */
export const writesAgain = (peer: Peer, messages: readonly Message[]): Promise<CheckResult> =>
  check('writes its records again as the same bytes', messages, async ({ bytes }) =>
    Buffer.compare(await peer.again(bytes), bytes) === 0 ? [] : ['other bytes'],
  );

/** Places in each message where a bit is turned. */
const DAMAGES = 4;

/** That the comparison can fail: a damaged byte has to be found, wherever it is. */
export async function findsDamage(
  peer: Peer,
  precision: Precision,
  messages: readonly Message[],
): Promise<CheckResult> {
  const failures: string[] = [];
  let planted = 0;
  for (const { name, bytes } of messages) {
    const expected = peerDocument(decodeDocument(bytes), precision);
    for (let n = 0; n < DAMAGES; n++) {
      const at = Math.floor(((n + 0.5) * bytes.length) / DAMAGES);
      const damaged = Uint8Array.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      planted++;
      const found = await peer.decode(damaged).then(
        (actual) => differences(expected, actual).length > 0,
        () => true, // it could not even be read
      );
      if (!found) failures.push(`${name}: the damaged byte ${String(at)} was not found`);
    }
  }
  return { what: 'a planted damage is found', checked: planted, failures };
}

/** The table of strings that stand as numbers in a message. */
export async function sameDictionary(peer: Peer): Promise<CheckResult> {
  const theirs = await peer.dictionary();
  const failures = theirs.flatMap((string, index) =>
    dictionaryString(index * 2) === string
      ? []
      : [`${String(index * 2)} is ${string}, not ${dictionaryString(index * 2) ?? 'nothing'}`],
  );
  if (dictionaryString(theirs.length * 2) !== undefined) failures.push('we have more strings than it has');
  return { what: 'has the same static dictionary', checked: theirs.length, failures };
}

/** Values of every type as the peer writes them, arrays among them: we read them as the peer does, and the peer reads what we make of them. */
export async function samplesOf(peer: Peer): Promise<CheckResult> {
  const { bytes, tree } = await peer.samples();
  const ours = decodeDocument(bytes);
  const again = await peer.decode(encodeDocument(ours));
  const failures = [
    ...differences(tree, peerDocument(ours, 'characters')).map((one) => `read by us: ${one}`),
    ...differences(tree, again).map((one) => `written by us: ${one}`),
  ];
  return { what: 'values of all its types are the same to both', checked: ours.children.length, failures };
}
