import type { WebSocketConstructor, WebSocketLike } from "../../src/index.js";

interface Request {
  readonly id: string;
  readonly type: string;
  readonly data: Record<string, unknown>;
}

/** One socket of a FakeServer, as both sides see it. */
export class FakeSocket implements WebSocketLike {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;
  readonly requests: Request[] = [];
  closed = false;

  constructor(
    readonly server: FakeServer,
    readonly url: string,
  ) {}

  send(text: string): void {
    const request = JSON.parse(text) as Request;
    this.requests.push(request);
    this.server.onRequest(this, request);
  }

  close(code = 1005): void {
    this.end(code);
  }

  /** The server closes. */
  end(code: number): void {
    if (this.closed) return;
    this.closed = true;
    queueMicrotask(() => this.onclose?.({ code, reason: "" }));
  }

  push(type: string, data: unknown): void {
    this.raw(JSON.stringify({ type, data }));
  }

  ok(id: string, data: unknown): void {
    this.raw(JSON.stringify({ id, type: "ok", data }));
  }

  error(id: string, error: object): void {
    this.raw(JSON.stringify({ id, type: "error", error }));
  }

  raw(text: string): void {
    if (!this.closed) this.onmessage?.({ data: text });
  }
}

/** A server in memory: it greets, answers pings and syncs with nothing, and the rest as the test says. */
export class FakeServer {
  readonly sockets: FakeSocket[] = [];
  heartbeatMs = 0;
  /** Says hello to a socket; a test replaces it to refuse. */
  greet = (socket: FakeSocket): void => {
    const hello = {
      userId: "1",
      sessionId: "1",
      deviceId: "d",
      connectionId: "c",
      heartbeatMs: this.heartbeatMs,
      serverTime: 1,
    };
    socket.push("hello", hello);
  };
  /** Answers what is neither ping nor sync. */
  answer: (socket: FakeSocket, request: Request) => void = () => undefined;

  onRequest(socket: FakeSocket, request: Request): void {
    if (request.type === "ping") socket.ok(request.id, { serverTime: 1 });
    else if (request.type === "sync")
      socket.ok(request.id, { conversations: [], nextSince: "t", more: false, reset: false });
    else this.answer(socket, request);
  }

  /** The latest socket. */
  get socket(): FakeSocket {
    const last = this.sockets.at(-1);
    if (last === undefined) throw new Error("nobody has connected");
    return last;
  }

  get type(): WebSocketConstructor {
    const open = (url: string): FakeSocket => {
      const socket = new FakeSocket(this, url);
      this.sockets.push(socket);
      queueMicrotask(() => {
        this.greet(socket);
      });
      return socket;
    };
    return function (this: unknown, url: string) {
      return open(url);
    } as unknown as WebSocketConstructor;
  }

  /** Answers HTTP: a ticket each time, or what a test says first. */
  readonly refusals: { status: number; body: object }[] = [];
  fetch: typeof fetch = () => {
    const refusal = this.refusals.shift();
    if (refusal !== undefined)
      return Promise.resolve(new Response(JSON.stringify(refusal.body), { status: refusal.status }));
    return Promise.resolve(new Response(JSON.stringify({ ticket: "t", url: "ws://test/ws", expiresAt: 1 })));
  };
}
