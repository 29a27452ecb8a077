import type { Socket } from 'node:net';
import {
  Ber,
  BerReader,
  type Client,
  MessageParser,
  ProtocolOperation,
  SearchReference,
  SearchResponse,
  type Control,
  type Message,
  type MessageResponse,
} from 'ldapts';
import { MessageFramer } from './message-framer.js';
import { splitDescription, type RawAttribute, type RawEntry } from './raw-entry.js';

/**
 * The only place that knows the private parts of the ldapts client (version pinned). It is needed because `search()` collects whole
 * answers in memory, fills requested but absent attributes with empty lists (in DirSync "cleared" and "unchanged" become the same)
 * and guesses between text and bytes. A guard test fails when a new version changes these parts.
 */
export interface LdaptsInternals {
  messageParser: MessageParserLike;
  readonly messageDetailsByMessageId: Map<
    string,
    { readonly message: Message; readonly reject: (error: Error) => void }
  >;
  readonly socket: Socket | undefined;
  _connect(): Promise<void> | void;
  _nextMessageId(): number;
  _send(message: Message): Promise<Message | undefined>;
  _handleSendResponse(message: Message): void;
  _destroySocket(socket: Socket | undefined): void;
}
interface MessageParserLike {
  read(data: Buffer, details: LdaptsInternals['messageDetailsByMessageId']): void;
}

/** The private parts of a client; throws when this version of ldapts lacks one of them. */
export function ldaptsInternals(client: Client): LdaptsInternals {
  const internals = client as unknown as LdaptsInternals;
  const methods = ['_connect', '_nextMessageId', '_send', '_handleSendResponse', '_destroySocket'] as const;
  const missing: string[] = methods.filter((name) => typeof internals[name] !== 'function');
  if (!(internals.messageParser instanceof MessageParser)) missing.push('messageParser');
  if (!(internals.messageDetailsByMessageId instanceof Map)) missing.push('messageDetailsByMessageId');
  if (missing.length > 0) throw new Error(`this version of ldapts has no ${missing.join(', ')}`);
  return internals;
}

/** What receives the parts of one search as they arrive. */
export interface SearchSink {
  entry(entry: RawEntry): void;
  reference(uris: readonly string[]): void;
}

/**
 * Replaces the parser of a client: messages are framed without copying twice, entries of searches that have a sink go there at once
 * as raw bytes, all other messages take ldapts' own way.
 */
export class StreamingParser implements MessageParserLike {
  readonly sinks = new Map<number, SearchSink>();
  readonly #framer = new MessageFramer();
  readonly #standard = new MessageParser();
  readonly #internals: LdaptsInternals;
  readonly #onData: () => void;

  constructor(client: Client, onData: () => void) {
    this.#internals = ldaptsInternals(client);
    this.#onData = onData;
    this.#standard.on('message', (message) => this.#internals._handleSendResponse(message));
    this.#standard.on('error', (error) => this.#fail(error));
    this.#internals.messageParser = this;
  }

  read(data: Buffer, details: LdaptsInternals['messageDetailsByMessageId']): void {
    this.#onData();
    try {
      for (const message of this.#framer.push(data)) this.#take(message, details);
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #take(message: Buffer, details: LdaptsInternals['messageDetailsByMessageId']): void {
    const reader = new BerReader(message);
    reader.readSequence();
    const id = reader.readInt() ?? 0;
    const sink = this.sinks.get(id);
    const operation = reader.peek();
    if (sink !== undefined && operation === ProtocolOperation.LDAP_RES_SEARCH_ENTRY) {
      sink.entry(readEntry(reader, message.length));
      return;
    }
    if (sink !== undefined && operation === ProtocolOperation.LDAP_RES_SEARCH_REF) {
      const reference = new SearchReference({ messageId: id });
      reader.readSequence();
      reference.parse(reader, []);
      sink.reference(reference.uris);
      return;
    }
    this.#standard.read(message, details);
  }

  /** After an unreadable message the stream is out of step: every waiting operation fails and the connection ends. */
  #fail(error: Error): void {
    const { messageDetailsByMessageId, socket } = this.#internals;
    for (const [id, details] of messageDetailsByMessageId) {
      messageDetailsByMessageId.delete(id);
      details.reject(error);
    }
    this.#internals._destroySocket(socket);
  }
}

/** SearchResultEntry ::= [APPLICATION 4] SEQUENCE { objectName, attributes } (RFC 4511 §4.5.2). */
function readEntry(reader: BerReader, size: number): RawEntry {
  reader.readSequence();
  const dn = reader.readString() ?? '';
  reader.readSequence();
  const end = reader.offset + reader.length;
  const attributes: RawAttribute[] = [];
  while (reader.offset < end) {
    reader.readSequence();
    const description = splitDescription(reader.readString() ?? '');
    reader.readSequence(ProtocolOperation.LBER_SET);
    const last = reader.offset + reader.length;
    const values: Buffer[] = [];
    while (reader.offset < last) values.push(reader.readString(Ber.OctetString, true) ?? Buffer.alloc(0));
    attributes.push({ ...description, values });
  }
  return { dn, attributes, size };
}

/** End of a search: result code and response controls. */
export interface SearchEnd {
  readonly status: number;
  readonly message: string;
  readonly controls: readonly Control[];
}
export function searchEnd(response: Message | undefined): SearchEnd | undefined {
  if (!(response instanceof SearchResponse)) return undefined;
  const { status, errorMessage, controls } = response as MessageResponse;
  return { status, message: errorMessage, controls: controls ?? [] };
}
