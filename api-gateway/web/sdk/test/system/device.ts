import { WebSocket } from "ws";
import {
  type ClientOptions,
  ImClient,
  MemoryTokenStore,
  type Message,
  type WebSocketConstructor,
} from "../../src/index.js";
import type { System } from "./setup.js";

/** The WebSocket of the package ws, as a client takes it. */
export const NodeSocket = WebSocket as unknown as WebSocketConstructor;

const PASSWORD = "a long and rare pass phrase";
let count = 0;

/** A name that nobody has. */
export function freshName(): string {
  return `u${Date.now().toString(36)}${(++count).toString(36)}`;
}

/** A client and everything that it was given. */
export class Device {
  /** The entries of each conversation in the order in which they were given. */
  readonly given = new Map<string, Message[]>();
  syncs = 0;
  private readonly waiters = new Set<() => void>();

  constructor(readonly client: ImClient) {
    client.on("entries", ({ conversationId, entries }) => {
      this.given.set(conversationId, [...this.of(conversationId), ...entries]);
    });
    client.on("synced", () => this.syncs++);
    for (const type of ["entries", "synced", "conversations", "outbox", "ended", "connection", "forgotten"] as const) {
      client.on(type, () => {
        for (const wake of [...this.waiters]) wake();
      });
    }
  }

  /** The entries that were given of a conversation. */
  of(conversationId: string): readonly Message[] {
    return this.given.get(conversationId) ?? [];
  }

  seqs(conversationId: string): number[] {
    return this.of(conversationId).map(entry => entry.seq);
  }

  /** Waits until a condition holds, which is looked at whenever the client tells anything. */
  async until(what: string, holds: () => boolean, timeoutMs = 120_000): Promise<void> {
    if (holds()) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiters.delete(look);
        reject(new Error(`waited in vain until ${what}; the client is ${this.client.state}`));
      }, timeoutMs);
      const look = (): void => {
        if (!holds()) return;
        clearTimeout(timer);
        this.waiters.delete(look);
        resolve();
      };
      this.waiters.add(look);
    });
  }

  /** Waits until a conversation was given up to a seq. */
  async reaches(conversationId: string, seq: number): Promise<void> {
    await this.until(`${conversationId} reaches ${seq}`, () => (this.seqs(conversationId).at(-1) ?? 0) >= seq);
  }
}

/** Makes an account, and answers its id and its name. */
export async function account(system: System): Promise<{ userId: string; username: string }> {
  const client = new ImClient({ baseUrl: system.api, webSocket: NodeSocket });
  const username = freshName();
  const { user } = await client.session.register({ username, password: PASSWORD, device: { platform: "web" } });
  return { userId: user.userId, username };
}

/** Signs a new device of an account in. That goes past the proxies that the options may name. */
export async function device(system: System, username: string, options: ClientOptions = {}): Promise<Device> {
  const tokens = options.tokens ?? new MemoryTokenStore();
  const direct = new ImClient({ baseUrl: system.api, webSocket: NodeSocket, tokens });
  await direct.session.login({ username, password: PASSWORD, device: { platform: "web" } });
  const delays = { minMs: 2, maxMs: 40 };
  const defaults: ClientOptions = {
    baseUrl: system.api,
    webSocket: NodeSocket,
    webSocketUrl: system.ws,
    delays,
    history: "full",
  };
  const client = new ImClient({ ...defaults, ...options, tokens });
  await client.session.resume();
  return new Device(client);
}

/** Makes two users friends. */
export async function befriend(a: ImClient, b: ImClient): Promise<void> {
  const request = await a.api.createFriendRequest({ toUserId: b.me });
  await b.api.acceptFriendRequest({ id: request.requestId });
}
