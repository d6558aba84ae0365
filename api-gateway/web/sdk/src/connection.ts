import { ApiError, ClosedError, errorOf, NetworkError } from "./errors.js";
import type { Event, FrameError, Hello, Requests } from "./frames.js";
import { abandon, onRefusal, type WebSocketConstructor, type WebSocketLike } from "./socket.js";

const SUBPROTOCOL = "im.v1.json";
const HANDSHAKE_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 10_000;
/** The server closes what is larger. */
const MAX_FRAME_BYTES = 64 * 1024;
/** What may pass beyond two heartbeats before a silent connection counts as broken. */
const GRACE_MS = 5_000;

interface Pending {
  resolve(data: unknown): void;
  reject(error: Error): void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** Anything that the server sends. */
interface Frame {
  readonly id?: string;
  readonly type: string;
  readonly data?: unknown;
  readonly error?: FrameError;
}

/**
 * One WebSocket, from its hello to its end. It names requests and finds their answers, and closes what is silent for two
 * heartbeats; whether to connect again is its owner's business.
 */
export class Connection {
  /** Resolves with the reason when the connection has ended; it never rejects. */
  readonly closed: Promise<ClosedError>;

  private readonly pending = new Map<string, Pending>();
  private last = 0;
  private error: ClosedError | undefined;
  private heardAt = Date.now();
  private heartbeat: ReturnType<typeof setInterval> | undefined;
  private finish: (error: ClosedError) => void = () => undefined;
  private greeted: ((hello: Hello) => void) | undefined;

  private constructor(
    private readonly socket: WebSocketLike,
    private readonly onEvent: (event: Event) => void,
  ) {
    this.closed = new Promise(resolve => (this.finish = resolve));
    socket.onmessage = ({ data }) => {
      this.receive(data);
    };
    socket.onerror = () => undefined; // a close follows, always
    socket.onclose = ({ code, reason }) => {
      this.end(new ClosedError(code, reason));
    };
  }

  /**
   * Opens a WebSocket and waits for hello. Every other event goes to onEvent, in order.
   *
   * @throws ApiError for a refused handshake where the platform tells, ClosedError otherwise.
   */
  static async open(
    socketType: WebSocketConstructor,
    url: string,
    onEvent: (event: Event) => void,
  ): Promise<{ connection: Connection; hello: Hello }> {
    const socket = new socketType(url, [SUBPROTOCOL]);
    const connection = new Connection(socket, onEvent);
    const refused = new Promise<never>((_, reject) => {
      onRefusal(socket, refusal => {
        reject(refusal);
        connection.fail("handshake refused");
      });
    });
    const timer = setTimeout(() => {
      connection.fail("no hello in time");
    }, HANDSHAKE_TIMEOUT_MS);
    try {
      const greeting = new Promise<Hello>(resolve => (connection.greeted = resolve));
      const lost = connection.closed.then(error => Promise.reject(error));
      const hello = await Promise.race([greeting, refused, lost]);
      connection.keepAlive(hello.heartbeatMs);
      return { connection, hello };
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Sends a request and waits for its answer. Requests of one caller arrive in the order in which they were made.
   *
   * @throws ApiError for a refusal, NetworkError or ClosedError when it is unknown whether the request was served.
   */
  request<K extends keyof Requests>(type: K, data: Requests[K]["data"]): Promise<Requests[K]["answer"]> {
    if (this.error !== undefined) return Promise.reject(this.error);
    const id = String(++this.last);
    const text = JSON.stringify({ id, type, data });
    if (new TextEncoder().encode(text).length > MAX_FRAME_BYTES) {
      return Promise.reject(
        new ApiError({ status: 413, reason: "PAYLOAD_TOO_LARGE", detail: "the frame is too large" }),
      );
    }
    const answer = new Promise<unknown>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.settle(id)?.reject(new NetworkError(`${type}: no answer in time`));
      }, REQUEST_TIMEOUT_MS);
      this.pending.set(id, { resolve, reject, timer });
    });
    try {
      this.socket.send(text);
    } catch (thrown) {
      this.settle(id)?.reject(new NetworkError(errorOf(thrown).message));
    }
    return answer as Promise<Requests[K]["answer"]>;
  }

  /** Whether the connection lives, as far as is known. */
  get alive(): boolean {
    return this.error === undefined;
  }

  /** Asks for a sign of life and ends the connection when none comes within the time, as after a device slept. */
  probe(timeoutMs: number): void {
    const before = this.heardAt;
    this.request("ping", {}).catch(() => undefined);
    setTimeout(() => {
      if (this.heardAt === before) this.fail("no answer to a ping");
    }, timeoutMs);
  }

  /** Says goodbye. */
  close(): void {
    this.socket.close(1000, "");
    this.end(new ClosedError(1000, "closed by the client"));
  }

  /** Gives the connection up without waiting for the other side: what is received from now on is not looked at. */
  fail(why: string): void {
    abandon(this.socket);
    this.end(new ClosedError(1006, why));
  }

  private receive(data: unknown): void {
    if (this.error !== undefined) return;
    this.heardAt = Date.now();
    const frame = parse(data);
    if (frame === undefined) return; // a newer server may know frames that this client does not
    if (frame.id !== undefined) {
      this.answer(frame.id, frame);
    } else if (frame.type === "hello") {
      this.greeted?.(frame.data as Hello);
    } else if (frame.type !== "error") {
      this.onEvent(frame as Event);
    }
  }

  private answer(id: string, frame: Frame): void {
    const call = this.settle(id);
    if (frame.type !== "error") {
      call?.resolve(frame.data);
      return;
    }
    const { message: detail, ...rest } = frame.error ?? { message: "" };
    call?.reject(new ApiError({ ...rest, detail }));
  }

  /** Takes a call out of those that wait. */
  private settle(id: string): Pending | undefined {
    const call = this.pending.get(id);
    if (call !== undefined) clearTimeout(call.timer);
    this.pending.delete(id);
    return call;
  }

  /** A browser hides the server's pings, so this side pings when nothing was heard for a heartbeat. */
  private keepAlive(heartbeatMs: number): void {
    if (heartbeatMs <= 0) return;
    this.heartbeat = setInterval(() => {
      const silence = Date.now() - this.heardAt;
      if (silence >= 2 * heartbeatMs + GRACE_MS) this.fail("the server is silent");
      else if (silence >= heartbeatMs / 2) this.request("ping", {}).catch(() => undefined);
    }, heartbeatMs / 2);
  }

  private end(error: ClosedError): void {
    if (this.error !== undefined) return;
    this.error = error;
    clearInterval(this.heartbeat);
    for (const id of [...this.pending.keys()]) this.settle(id)?.reject(error);
    this.finish(error);
  }
}

function parse(data: unknown): Frame | undefined {
  if (typeof data !== "string") return undefined;
  try {
    const frame = JSON.parse(data) as Frame | null;
    return typeof frame?.type === "string" ? frame : undefined;
  } catch {
    return undefined;
  }
}
