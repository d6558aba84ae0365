import type { Args, Schemas } from "./calls.js";
import type { ClientEvents } from "./client_events.js";
import { Connection } from "./connection.js";
import { byActivity, singleId } from "./conversation.js";
import { DeliveryMarks } from "./delivery_marks.js";
import { Emitter } from "./emitter.js";
import { ApiError, type EndReason, NetworkError, SessionEndedError } from "./errors.js";
import type { Conversation, Event, Message, SendRequest } from "./frames.js";
import type { Calls } from "./generated/calls.js";
import { Http } from "./http.js";
import { Inbox } from "./inbox.js";
import { type Delays, Link, type LinkState } from "./link.js";
import { type Lock, platformLock } from "./lock.js";
import { MemoryStore } from "./memory_store.js";
import { Outbox, type Queued } from "./outbox.js";
import { Replica } from "./replica.js";
import { Serial } from "./serial.js";
import { Session } from "./session.js";
import type { WebSocketConstructor } from "./socket.js";
import type { OutboxItem, Range, Store } from "./store.js";
import { Timeline } from "./timeline.js";
import { MemoryTokenStore, type TokenStore } from "./tokens.js";

/** How an ImClient behaves. */
export interface ClientOptions {
  /** Where the API is, such as https://im.example.com. Default: where the page comes from. */
  readonly baseUrl?: string;
  /** Default: the platform's. Node 20 has none: pass that of the package ws. */
  readonly webSocket?: WebSocketConstructor;
  /** Where the WebSocket is. Default: what comes with the ticket. */
  readonly webSocketUrl?: string;
  /** Default: the platform's. */
  readonly fetch?: typeof fetch;
  /** Where the session is kept. Default: in memory. */
  readonly tokens?: TokenStore;
  /** Where entries, conversations and outgoing messages are kept. Default: in memory. */
  readonly store?: Store;
  /** Keeps two from refreshing at once. Default: navigator.locks, or a lock of this process. */
  readonly lock?: Lock;
  /** Tells the sessions of one origin apart. Default: "default". */
  readonly name?: string;
  /** What is read of a conversation that is new to this device: all of it, or its newest entries. Default: recent. */
  readonly history?: "full" | "recent";
  /** Delays between tries to connect. Default: 250 ms to 20 s. */
  readonly delays?: Partial<Delays>;
}

/** A connection and what came over it. */
interface Live {
  readonly connection: Connection;
  readonly inbox: Inbox;
  readonly serverTime: number;
  /** Whether what was missed before is here, so that events can be worked on. */
  synced: boolean;
}

/** Where a message goes, and what it says. Exactly one of conversationId, toUserId and groupId is given. */
export type Outgoing = Omit<SendRequest, "clientMsgId"> & { clientMsgId?: string };

/**
 * A device of one user: it signs in, stays connected, holds everything its user may see, sends until it has an answer, and tells
 * what happens in typed events.
 */
export class ImClient {
  readonly session: Session;
  /** Every operation of the HTTP API. */
  readonly api: Calls;

  private readonly events = new Emitter<ClientEvents>();
  private readonly store: Store;
  private readonly link: Link;
  private readonly outbox: Outbox;
  private readonly replica: Replica;
  private readonly marks = new DeliveryMarks();
  private readonly serial = new Serial();
  private readonly socketType: WebSocketConstructor;
  private live: Live | undefined;
  private linkState: LinkState = "idle";
  private followed: readonly string[] = [];
  private loadedFor: string | undefined;
  private readonly unlisten: (() => void)[] = [];

  constructor(private readonly options: ClientOptions = {}) {
    const http = new Http(options.baseUrl ?? "", options.fetch);
    const tokens = options.tokens ?? new MemoryTokenStore();
    this.session = new Session(http, tokens, options.lock ?? platformLock, options.name ?? "default");
    this.api = this.session.api;
    this.store = options.store ?? new MemoryStore();
    this.socketType = options.webSocket ?? platformSocket();
    this.link = new Link(
      {
        open: () => this.open(),
        catchUp: connection => this.serial.run(() => this.catchUp(connection)),
        onState: (state, error) => {
          this.linkState = state;
          this.events.emit("connection", error === undefined ? { state } : { state, error });
        },
        onEnd: reason => this.end(reason),
      },
      options.delays,
    );
    const recent = options.history !== "full";
    this.replica = new Replica({ api: this.api, store: this.store, events: this.events, recent });
    this.outbox = new Outbox({
      commit: change => this.store.commit(change),
      connection: () => (this.linkState === "online" ? this.link.connection : undefined),
      emit: event => {
        this.events.emit("outbox", event);
      },
    });
    this.events.on("entries", ({ entries }) => {
      this.marks.note(entries, this.me);
    });
  }

  /** Listens to events of one kind. It answers how to stop. */
  on<K extends keyof ClientEvents>(type: K, listener: (data: ClientEvents[K]) => void): () => void {
    return this.events.on(type, listener);
  }

  /** The id of who is signed in; empty when nobody is. */
  get me(): string {
    return this.session.current?.userId ?? this.loadedFor ?? "";
  }

  /** How the device stands to its server. */
  get state(): LinkState {
    return this.linkState;
  }

  /**
   * Loads what is kept, and stays connected from now on. What is kept can be read when it returns, whether the server can be
   * reached or not.
   *
   * @throws SessionEndedError when nobody is signed in.
   */
  async start(): Promise<void> {
    const saved = this.session.current ?? (await this.session.resume());
    if (saved === undefined) throw new SessionEndedError("signed-out");
    if (this.loadedFor !== saved.userId) {
      await this.store.open(saved.userId);
      const snapshot = await this.store.load();
      this.replica.load(saved.userId, snapshot);
      this.outbox.load(snapshot.outbox);
      this.loadedFor = saved.userId;
    }
    this.listenToPlatform();
    this.link.start();
  }

  /** Disconnects and returns when nothing is under way any more. What is kept stays, and start goes on with it. */
  async stop(): Promise<void> {
    for (const stop of this.unlisten.splice(0)) stop();
    await this.link.stop();
    await this.outbox.stop();
    await this.serial.run(() => Promise.resolve());
  }

  /** Signs out: the session ends, here in any case, and everything that is kept of it is forgotten. */
  async logout(): Promise<void> {
    await this.stop();
    await this.session.logout();
    await this.store.clear();
    this.outbox.clear();
    this.loadedFor = undefined;
  }

  /** Tries to connect now, as when the network came back. In a browser this happens by itself. */
  wake(): void {
    this.link.wake();
  }

  /** All conversations that are not hidden, pinned ones first, then the newest first. */
  get conversations(): Conversation[] {
    return this.replica.conversations.filter(c => !c.hidden).sort(byActivity);
  }

  /** Entries that are held, ascending. */
  entries(conversationId: string, range: Range): Promise<Message[]> {
    return this.store.entries(conversationId, range);
  }

  /** Opens a conversation as a chat shows it, with its newest entries. Close it when it is looked at no more. */
  timeline(conversationId: string, limit = 50): Promise<Timeline> {
    return Timeline.open(this, conversationId, limit);
  }

  /** Reads entries from before those that are held. It answers them ascending; none: the beginning is held. */
  loadOlder(conversationId: string, limit = 50): Promise<readonly Message[]> {
    return this.serial.run(() => this.replica.older(conversationId, limit));
  }

  /** The first seq of a conversation from which everything is held. */
  floor(conversationId: string): number {
    return this.replica.place(conversationId).floor;
  }

  /** Queues a message. When it returns the message is kept and will be sent, over reloads too, until it has an answer. */
  async send(message: Outgoing): Promise<Queued> {
    const { conversationId, toUserId, groupId } = message;
    const id = conversationId ?? (groupId === undefined ? singleId(this.me, toUserId ?? "0") : `g:${groupId}`);
    return this.outbox.add(id, message);
  }

  /** All messages that wait or were refused, in the order in which they were queued. */
  get outgoing(): OutboxItem[] {
    return this.outbox.items;
  }

  /** Sends a refused message again. It answers false when there is none. */
  retry(clientMsgId: string): Promise<boolean> {
    return this.outbox.retry(clientMsgId);
  }

  /** Forgets a refused message. It answers false when there is none. */
  discard(clientMsgId: string): Promise<boolean> {
    return this.outbox.discard(clientMsgId);
  }

  /** Moves one's read position, here at once and at the server as soon as there is a connection. */
  markRead(conversationId: string, seq: number): Promise<void> {
    return this.serial.run(() => this.replica.markRead(conversationId, seq, this.link.connection));
  }

  /** Changes one's own settings of a conversation. */
  async updateConversation(change: Args<"updateConversation">): Promise<Conversation> {
    const conversation = await this.api.updateConversation(change);
    await this.serial.run(() => this.replica.absorb(conversation));
    return conversation;
  }

  /** Takes the history of a conversation up to now away from oneself alone. */
  async clearConversation(id: string): Promise<void> {
    await this.api.clearConversation({ id });
    const conversation = await this.api.getConversation({ id });
    await this.serial.run(() => this.replica.absorb(conversation));
  }

  /** Leaves a conversation out of one's lists until its next entry. */
  async hideConversation(id: string): Promise<void> {
    await this.api.hideConversation({ id });
    const conversation = await this.api.getConversation({ id });
    await this.serial.run(() => this.replica.absorb(conversation));
  }

  /** Takes up to 100 messages away from oneself alone. */
  async deleteMessages(id: string, seqs: readonly number[]): Promise<void> {
    await this.api.deleteMessages({ id, seqs: [...seqs] });
    await this.serial.run(async () => {
      await this.replica.forget(id, seqs);
      await this.replica.refreshStale();
    });
  }

  /** Tells the others that the user types. It is not told when there is no connection. */
  async typing(conversationId: string): Promise<void> {
    await this.link.connection?.request("conversation.typing", { conversationId }).catch(ignore);
  }

  /** Follows friends, instead of whom the device followed before; their states come as events, over reconnects too. */
  async follow(userIds: readonly string[]): Promise<void> {
    this.followed = userIds;
    const connection = this.link.connection;
    if (connection !== undefined) await this.subscribe(connection);
  }

  private async open(): Promise<Connection> {
    const ticket = await this.api.createTicket();
    const inbox = new Inbox();
    const { connection, hello } = await Connection.open(this.socketType, this.address(ticket), event => {
      if (event.type === "goaway") this.link.goaway(event.data.reconnectAfterMs);
      else if (!inbox.put(event)) this.live?.connection.fail("too many events wait");
      else if (this.live?.inbox === inbox && this.live.synced) this.work(this.live);
    });
    this.live = { connection, inbox, serverTime: hello.serverTime, synced: false };
    return connection;
  }

  private address(ticket: Schemas["Ticket"]): string {
    const url = new URL(this.options.webSocketUrl ?? ticket.url);
    url.searchParams.set("ticket", ticket.ticket);
    return url.toString();
  }

  /** Syncs; what came meanwhile is worked on after that. */
  private async catchUp(connection: Connection): Promise<void> {
    await this.replica.catchUp(connection);
    const live = this.live;
    if (live?.connection !== connection || !connection.alive) return;
    live.synced = true;
    this.work(live);
    this.linkState = "online"; // messages may go from here on
    this.outbox.kick();
    void this.marks.flush(connection);
    if (this.followed.length > 0) void this.subscribe(connection);
    this.events.emit("synced", { serverTime: live.serverTime });
  }

  /** Works on what waits, behind all work that was given before: also behind the sync of a new connection. */
  private work({ inbox, connection }: Live): void {
    this.serial
      .run(async () => {
        for (let next = inbox.take(); next !== undefined && connection.alive; next = inbox.take()) {
          if (next.kind === "entries") await this.replica.push(next.entries);
          else await this.take(next.event);
        }
        await this.replica.refreshStale();
        if (connection === this.link.connection) void this.marks.flush(connection);
      })
      // What failed is found by the sync of the next connection.
      .catch((thrown: unknown) => {
        connection.fail(String(thrown));
      });
  }

  private take(event: Event): Promise<void> {
    if (event.type === "typing") this.events.emit("typing", event.data);
    if (event.type === "presence") this.events.emit("presence", event.data);
    return this.replica.handle(event);
  }

  private async subscribe(connection: Connection): Promise<void> {
    try {
      const { items } = await connection.request("presence.subscribe", { userIds: this.followed });
      for (const presence of items) this.events.emit("presence", presence);
    } catch (thrown) {
      ignore(thrown);
    }
  }

  private async end(reason: EndReason): Promise<void> {
    if (reason === "revoked" || reason === "replaced") await this.session.forget();
    await this.outbox.stop(new SessionEndedError(reason));
    this.events.emit("ended", { reason });
  }

  /** In a browser: comes back when the network does, or when the page is looked at again. */
  private listenToPlatform(): void {
    const page = globalThis as Partial<Pick<Window, "addEventListener" | "removeEventListener" | "document">>;
    const wake = (): void => {
      if (page.document?.visibilityState !== "hidden") this.wake();
    };
    if (this.unlisten.length > 0 || page.addEventListener === undefined) return;
    page.addEventListener("online", wake);
    page.document?.addEventListener("visibilitychange", wake);
    this.unlisten.push(() => {
      page.removeEventListener?.("online", wake);
      page.document?.removeEventListener("visibilitychange", wake);
    });
  }
}

function platformSocket(): WebSocketConstructor {
  const found = (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket;
  if (found === undefined) throw new Error("this platform has no WebSocket: pass one as options.webSocket");
  return found;
}

/** Passes over what the server refuses or what gets no answer, and nothing else. */
function ignore(thrown: unknown): void {
  if (!(thrown instanceof ApiError) && !(thrown instanceof NetworkError) && !(thrown instanceof Error)) throw thrown;
}
