import type { Schemas } from "./calls.js";

/** An access token and the refresh token that replaces both. */
export type Tokens = Schemas["Tokens"];

/** Who is signed in, and with what. */
export interface SavedSession {
  readonly userId: string;
  readonly sessionId: string;
  readonly tokens: Tokens;
}

/** Where a session is kept. One store is one device: its tabs and its restarts share it. */
export interface TokenStore {
  /** Answers what was saved last by anybody, `undefined` when nobody is signed in. */
  load(): Promise<SavedSession | undefined>;
  /** Keeps a session. When it returns the session survives what the store survives. */
  save(session: SavedSession): Promise<void>;
  /** Forgets the session. */
  clear(): Promise<void>;
  /** Answers the id of this device, which is made once and stays when sessions end. */
  deviceId(): Promise<string>;
}

/** Forgets the session with the process, and takes it nowhere. */
export class MemoryTokenStore implements TokenStore {
  private session: SavedSession | undefined;

  constructor(private readonly device: string = randomId()) {}

  load(): Promise<SavedSession | undefined> {
    return Promise.resolve(this.session);
  }

  save(session: SavedSession): Promise<void> {
    this.session = session;
    return Promise.resolve();
  }

  clear(): Promise<void> {
    this.session = undefined;
    return Promise.resolve();
  }

  deviceId(): Promise<string> {
    return Promise.resolve(this.device);
  }
}

/** An id of 128 random bits, in hex. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, b => b.toString(16).padStart(2, "0")).join("");
}
