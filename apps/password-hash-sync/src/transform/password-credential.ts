import { inspect } from 'node:util';

const SHOWN = '[credential]';

/**
 * A credential on its way to the target. Nothing prints it; {@link PasswordCredential.reveal} gives the text for the one message that carries it,
 * {@link PasswordCredential.destroy} zeroes it afterwards. It is never stored, logged or put on a topic.
 */
export class PasswordCredential {
  readonly #bytes: Buffer;

  /** Takes over the buffer, ASCII text of the credential; the caller must not keep it. */
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** `v1;PPH1_MD4,<salt>,<iterations>,<hash>;`. The string lives until it is collected: make it as late as possible. */
  reveal(): string {
    return this.#bytes.toString('latin1');
  }

  destroy(): void {
    this.#bytes.fill(0);
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [inspect.custom](): string {
    return SHOWN;
  }
}
