import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SYNC_OPERATIONS } from '@adjoin/sync-service';
import { stateFolder } from '@adjoin/stack';
import {
  findsDamage,
  readsOurs,
  samplesOf,
  sameDictionary,
  weReadTheirs,
  writesAgain,
  type CheckResult,
} from './checks.js';
import { fetchPeers, type Fetched } from './fetch-peers.js';
import { Peer, type PeerDescription } from './peer.js';
import { recordMessages, type Message } from './record-messages.js';

/** Spoken by the library for servers, never sent by our client: the second versions of both are. */
const NEVER_SENT = new Set(['ProvisionAzureADSyncObjects', 'ReadBackAzureADSyncObjects']);

interface KnownPeer extends PeerDescription {
  readonly check: (peer: Peer, messages: readonly Message[]) => Promise<readonly CheckResult[]>;
  /** What is wrong with it, and how the test deals with that. */
  readonly defects: readonly string[];
}

/** It takes text and guesses the type: white space around a value is cut, and what looks like a number or a truth value becomes one. */
function guessed(text: string): string {
  const trimmed = text.trim();
  if (/^(true|false)$/i.test(trimmed)) return trimmed.toLowerCase();
  return /^\d+\.\d+$/.test(trimmed) ? String(Number(trimmed)) : trimmed;
}

const peersIn = (folder: string): readonly KnownPeer[] => [
  {
    name: 'dotnet',
    title: 'XmlDictionaryReader and XmlDictionaryWriter of .NET Core 3.1 itself (dotnetcore2 3.1.23 by pythonnet)',
    ...{ script: join(folder, 'peer_dotnet.py'), precision: 'characters' },
    defects: [],
    check: async (peer, messages) => [
      await readsOurs(peer, 'characters', messages),
      await weReadTheirs(peer, 'class', messages),
      await samplesOf(peer),
      await findsDamage(peer, 'characters', messages),
    ],
  },
  {
    name: 'pynettcp',
    title: 'pynettcp 0.1.0, a codec in Python made to speak to WCF; its dictionary was read out of System.ServiceModel',
    ...{ script: join(folder, 'peer_pynettcp.py'), precision: 'class' },
    defects: [],
    check: async (peer, messages) => [
      await sameDictionary(peer),
      await readsOurs(peer, 'class', messages),
      await weReadTheirs(peer, 'class', messages),
      await findsDamage(peer, 'class', messages),
    ],
  },
  {
    name: 'wcfbin',
    title: 'python-wcfbin (package wcf 0.5.5)',
    ...{ script: join(folder, 'peer_wcfbin.py'), precision: 'kind' },
    defects: [
      'its encoder cannot be imported: xml2records.py, lines 11 to 54, takes names from modules in which they are not. The test puts them there.',
      'its encoder ends at any named character reference, such as &lt; in a display name: MyHTMLParser.py, lines 391 to 395, uses htmlentitydefs and iteritems, which only Python 2 has. The test gives it both.',
      'it writes and reads the number of a qualified name (record 0xBC) in three bytes: records/text.py, lines 369 to 374 and 393. .NET and [MC-NBFX] have a MultiByteInt31, so that its document cannot be read any further. The test has it write such values as characters; we send no record of this type.',
      'its encoder takes text and guesses types: 8.0 becomes the number 8, False becomes false, and white space around a value is cut. All three are allowed for.',
    ],
    check: async (peer, messages) => [
      await readsOurs(peer, 'kind', messages),
      await writesAgain(peer, messages),
      await weReadTheirs(peer, 'characters', messages, guessed),
      await findsDamage(peer, 'kind', messages),
    ],
  },
];

/** Records what our client says, has others read it, and reads what they write. Gives whether everything agreed. */
export async function runInterop(root: string, say: (line: string) => void): Promise<boolean> {
  const { cache } = stateFolder();
  mkdirSync(cache, { recursive: true });
  const fetched = await fetchPeers(cache, say);
  say('recording the messages of the contract suite');
  const messages = await recordMessages(root, join(cache, `interop-messages-${String(process.pid)}.jsonl`));
  let well = saysEverything(messages, say);
  for (const known of peersIn(join(root, 'tools', 'interop', 'peers'))) {
    say(`\n${known.name}: ${known.title}`);
    for (const result of await checked(known, fetched, messages)) {
      const failed = result.failures.length;
      const note = result.note === undefined ? '' : ` (${result.note})`;
      say(`  ${failed === 0 ? 'ok    ' : 'FAILED'} ${result.what}: ${String(result.checked)}${note}`);
      for (const failure of result.failures.slice(0, 5)) say(`         ${failure}`);
      well &&= failed === 0;
    }
    for (const defect of known.defects) say(`  its defect: ${defect}`);
  }
  return well;
}

async function checked(
  known: KnownPeer,
  { python, env }: Fetched,
  messages: readonly Message[],
): Promise<readonly CheckResult[]> {
  const peer = new Peer(known, python, env);
  try {
    return await known.check(peer, messages);
  } catch (error) {
    return [{ what: 'runs', checked: 1, failures: [error instanceof Error ? error.message : String(error)] }];
  } finally {
    await peer.close();
  }
}

/** A kind of message that was not recorded would not be checked. */
function saysEverything(messages: readonly Message[], say: (line: string) => void): boolean {
  const wanted = SYNC_OPERATIONS.filter((operation) => !NEVER_SENT.has(operation));
  const counts = wanted.map((operation) => ({
    operation,
    sent: messages.filter((one) => one.operation === operation && one.direction === 'request').length,
  }));
  const replies = messages.filter(({ direction }) => direction === 'reply').length;
  say(`${String(messages.length - replies)} requests and ${String(replies)} answers:`);
  for (const { operation, sent } of counts) say(`  ${sent === 0 ? 'MISSING' : String(sent).padStart(7)} ${operation}`);
  return counts.every(({ sent }) => sent > 0);
}
