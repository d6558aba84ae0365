import { Backoff, pause } from "./backoff.js";
import type { Connection } from "./connection.js";
import { ApiError, ClosedError, type EndReason, errorOf, NetworkError, SessionEndedError } from "./errors.js";

/** How a device stands to its server. */
export type LinkState =
  /** Nobody has asked for a connection, or it was stopped. */
  | "idle"
  /** There is none, and one is being made. */
  | "connecting"
  /** There is one, and what was missed is being read. */
  | "syncing"
  /** There is one, and nothing is missing. */
  | "online"
  /** There is none, and the next try has its time. */
  | "waiting"
  /** There is none, and there will be none until somebody signs in. */
  | "ended";

/** What a Link needs. */
export interface LinkParts {
  /** Opens a connection with a credential of its own. */
  open(): Promise<Connection>;
  /** Reads what was missed. When it fails the connection is given up. */
  catchUp(connection: Connection): Promise<void>;
  /** Is told of each state; error is what brought it about, if anything did. */
  onState(state: LinkState, error?: Error): void;
  /** Is told that the session is over, once, before the state "ended". */
  onEnd(reason: EndReason): Promise<void>;
}

/** Delays between tries in milliseconds. */
export interface Delays {
  readonly minMs: number;
  readonly maxMs: number;
}

const DELAYS: Delays = { minMs: 250, maxMs: 20_000 };
/** How long a connection that slept has to show that it lives. */
const PROBE_MS = 5_000;

/**
 * Stays connected: it opens a connection, has it catch up, and opens another when it ends, after what the contract says, until
 * it is stopped or the server says not to come back.
 */
export class Link {
  private readonly backoff: Backoff;
  private running: { stop: AbortController; done: Promise<void> } | undefined;
  private waking = new AbortController();
  private goawayAt: number | undefined;
  private leaving: ReturnType<typeof setTimeout> | undefined;
  private live: Connection | undefined;

  constructor(
    private readonly parts: LinkParts,
    delays: Partial<Delays> = {},
  ) {
    const { minMs, maxMs } = { ...DELAYS, ...delays };
    this.backoff = new Backoff(minMs, maxMs);
  }

  /** The connection, while there is one that lives. */
  get connection(): Connection | undefined {
    return this.live?.alive === true ? this.live : undefined;
  }

  /** Begins to stay connected; nothing when it does already. */
  start(): void {
    if (this.running !== undefined) return;
    const stop = new AbortController();
    this.running = { stop, done: this.run(stop.signal) };
  }

  /** Ends the connection and returns when it has ended. */
  async stop(): Promise<void> {
    const running = this.running;
    if (running === undefined) return;
    running.stop.abort();
    this.live?.close();
    await running.done;
  }

  /** Tries again now, and makes sure of a connection that may have died unseen: the network or the device came back. */
  wake(): void {
    this.backoff.reset();
    this.waking.abort();
    this.connection?.probe(PROBE_MS);
  }

  /** Takes the news that the gateway goes: the connection is left after the delay, or the delay is kept if it ends before. */
  goaway(afterMs: number): void {
    this.goawayAt = Date.now() + afterMs;
    clearTimeout(this.leaving);
    this.leaving = setTimeout(() => this.live?.close(), afterMs);
  }

  private async run(stop: AbortSignal): Promise<void> {
    const stopped = (): boolean => stop.aborted; // it changes while something is awaited
    try {
      while (!stopped()) {
        const error = await this.once(stop);
        if (stopped()) break;
        const reason = endOf(error);
        if (reason !== undefined) {
          await this.parts.onEnd(reason);
          this.parts.onState("ended", error);
          return;
        }
        const delay = this.delay(error);
        if (delay > 0) {
          this.parts.onState("waiting", error);
          this.waking = new AbortController();
          await pause(delay, AbortSignal.any([stop, this.waking.signal]));
        }
      }
      this.parts.onState("idle");
    } finally {
      this.running = undefined;
    }
  }

  /** One connection from its making to its end. It answers why it ended. */
  private async once(stop: AbortSignal): Promise<Error> {
    this.parts.onState("connecting");
    this.goawayAt = undefined;
    let connection: Connection;
    try {
      connection = await this.parts.open();
    } catch (thrown) {
      const error = errorOf(thrown);
      // A late or lost ticket is refused as UNAUTHENTICATED; whether the session lives is found with the next one.
      return error instanceof ApiError && error.status === 403 ? new SessionEndedError("refused") : error;
    }
    try {
      if (stop.aborted) return new ClosedError(1000, "stopped");
      this.live = connection;
      this.parts.onState("syncing");
      await this.parts.catchUp(connection);
      this.backoff.reset();
      if (connection.alive) this.parts.onState("online");
      return await connection.closed;
    } catch (thrown) {
      // What failed may have failed because the connection ended, and then that says more.
      return connection.alive ? errorOf(thrown) : await connection.closed;
    } finally {
      connection.close();
      this.live = undefined;
      clearTimeout(this.leaving);
    }
  }

  /** Milliseconds until the next try: what the server asked for, or one's own growing delay if that is longer. */
  private delay(error: Error): number {
    if (this.goawayAt !== undefined) return Math.max(0, this.goawayAt - Date.now());
    if (error instanceof ClosedError && error.code === 4003) this.backoff.exhaust();
    const own = this.backoff.take();
    return error instanceof ApiError ? Math.max(own, error.retryAfterMs) : own;
  }
}

/** Why nobody may come back after an error; undefined: come back. */
function endOf(error: Error): EndReason | undefined {
  if (error instanceof SessionEndedError) return error.reason;
  if (error instanceof ClosedError) {
    if (!error.terminal) return undefined;
    return error.code === 4502 ? "replaced" : error.code === 4503 ? "malformed" : "revoked";
  }
  return undefined;
}

/** Whether an error leaves open what the server did. */
export function unknown(error: unknown): boolean {
  return error instanceof NetworkError || error instanceof ClosedError;
}
