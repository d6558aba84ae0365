import { Backoff, pause } from "./backoff.js";
import type { Connection } from "./connection.js";
import { ApiError, errorOf, SessionEndedError } from "./errors.js";
import type { SendAnswer, SendRequest } from "./frames.js";
import { unknown } from "./link.js";
import type { Change, OutboxItem } from "./store.js";
import { randomId } from "./tokens.js";

/** What happened to an outgoing message. */
export type OutboxEvent =
  | { readonly kind: "queued"; readonly item: OutboxItem }
  | { readonly kind: "sent"; readonly item: OutboxItem; readonly answer: SendAnswer }
  | { readonly kind: "refused"; readonly item: OutboxItem; readonly error: ApiError }
  | { readonly kind: "discarded"; readonly item: OutboxItem };

/** What an Outbox needs. */
export interface OutboxParts {
  commit(change: Change): Promise<void>;
  /** The live connection; undefined while there is none. */
  connection(): Connection | undefined;
  emit(event: OutboxEvent): void;
}

/** A message that waits to be sent, and its answer. */
export interface Queued {
  readonly clientMsgId: string;
  /** Resolves when the message is stored; rejects with an ApiError when it is refused for good. It survives no reload. */
  readonly answer: Promise<SendAnswer>;
}

interface Waiting {
  readonly promise: Promise<SendAnswer>;
  resolve(answer: SendAnswer): void;
  reject(error: Error): void;
}

/** Delays between tries on one connection in milliseconds. */
const RETRY = { minMs: 250, maxMs: 10_000 };

/**
 * Sends messages until each has a definite answer, with the same clientMsgId every time, over connections and reloads. Of one
 * conversation one message is under way at a time, so that they are stored in the order in which they were queued even when one
 * has to be sent again; conversations do not wait for each other.
 */
export class Outbox {
  private readonly lanes = new Map<string, OutboxItem[]>();
  private readonly failed = new Map<string, OutboxItem>();
  private readonly waiting = new Map<string, Waiting>();
  private readonly working = new Map<string, Promise<unknown>>();
  private stopped = new AbortController();
  private pausedUntil = 0;
  private lastOrder = 0;

  constructor(private readonly parts: OutboxParts) {}

  /** Takes what was kept: it is sent as if it had been queued now. */
  load(items: readonly OutboxItem[]): void {
    for (const item of items) {
      this.lastOrder = Math.max(this.lastOrder, item.order);
      if (item.failure === undefined) this.lane(item.conversationId).push(item);
      else this.failed.set(item.clientMsgId, item);
    }
  }

  /** All that waits or was refused, in the order in which it was queued. */
  get items(): OutboxItem[] {
    return [...[...this.lanes.values()].flat(), ...this.failed.values()].sort((a, b) => a.order - b.order);
  }

  /** Queues a message. When it returns the message is kept. */
  async add(
    conversationId: string,
    request: Omit<SendRequest, "clientMsgId"> & { clientMsgId?: string },
  ): Promise<Queued> {
    const clientMsgId = request.clientMsgId ?? randomId();
    // Time keeps the queues of several tabs in order when one of them takes over from another.
    this.lastOrder = Math.max(this.lastOrder + 1, Date.now() * 1000);
    const item: OutboxItem = {
      clientMsgId,
      order: this.lastOrder,
      conversationId,
      request: { ...request, clientMsgId },
      createdAt: Date.now(),
    };
    const answer = this.answerOf(clientMsgId);
    this.lane(conversationId).push(item); // before anything is awaited: messages are queued in the order of the calls
    await this.parts.commit({ outbox: [item] });
    this.parts.emit({ kind: "queued", item });
    this.kick();
    return { clientMsgId, answer };
  }

  /** Sends a refused message again. It answers false when there is none. */
  async retry(clientMsgId: string): Promise<boolean> {
    const refused = this.failed.get(clientMsgId);
    if (refused === undefined) return false;
    this.failed.delete(clientMsgId);
    const { failure, ...rest } = refused;
    const item = { ...rest, order: ++this.lastOrder };
    this.lane(item.conversationId).push(item);
    await this.parts.commit({ outbox: [item] });
    this.parts.emit({ kind: "queued", item });
    this.kick();
    return true;
  }

  /** Forgets a refused message. It answers false when there is none. */
  async discard(clientMsgId: string): Promise<boolean> {
    const item = this.failed.get(clientMsgId);
    if (item === undefined) return false;
    this.failed.delete(clientMsgId);
    await this.parts.commit({ sent: [clientMsgId] });
    this.parts.emit({ kind: "discarded", item });
    return true;
  }

  /** Sends what waits, as after a connection was made. */
  kick(): void {
    if (this.stopped.signal.aborted) return;
    for (const id of this.lanes.keys()) {
      if (this.working.has(id)) continue;
      const work = this.work(id).then(
        () => {
          this.working.delete(id);
          if (this.lane(id).length > 0 && this.parts.connection() !== undefined) this.kick();
        },
        () => this.working.delete(id), // the store refuses to keep an answer: the next kick asks for it again
      );
      this.working.set(id, work);
    }
  }

  /** Stops sending and returns when nothing is under way; what waits stays kept. */
  async stop(error?: SessionEndedError): Promise<void> {
    this.stopped.abort();
    await Promise.all(this.working.values());
    if (error !== undefined) for (const waiting of this.waiting.values()) waiting.reject(error);
    this.stopped = new AbortController();
  }

  /** Forgets everything, without telling the store. */
  clear(): void {
    for (const kept of [this.lanes, this.failed, this.waiting]) kept.clear();
  }

  private lane(id: string): OutboxItem[] {
    let lane = this.lanes.get(id);
    if (lane === undefined) this.lanes.set(id, (lane = []));
    return lane;
  }

  private answerOf(clientMsgId: string): Promise<SendAnswer> {
    const known = this.waiting.get(clientMsgId);
    if (known !== undefined) return known.promise;
    let [resolve, reject]: [Waiting["resolve"], Waiting["reject"]] = [() => undefined, () => undefined];
    const promise = new Promise<SendAnswer>((yes, no) => ([resolve, reject] = [yes, no]));
    promise.catch(() => undefined); // the event tells too: nobody has to look at the promise
    this.waiting.set(clientMsgId, { promise, resolve, reject });
    return promise;
  }

  /** Sends the messages of one conversation, one after the other, while there is a connection. */
  private async work(id: string): Promise<void> {
    const backoff = new Backoff(RETRY.minMs, RETRY.maxMs);
    const stop = this.stopped.signal;
    for (;;) {
      const rest = this.pausedUntil - Date.now();
      if (rest > 0) await pause(rest, stop);
      const item = this.lane(id)[0];
      const connection = this.parts.connection();
      if (item === undefined || connection === undefined || stop.aborted) return;
      try {
        const answer = await connection.request("message.send", item.request);
        backoff.reset();
        await this.done(item, answer);
      } catch (thrown) {
        const error = errorOf(thrown);
        if (error instanceof ApiError && !error.retryable) await this.refused(item, error);
        else await this.wait(error, connection, backoff.take(), stop);
      }
    }
  }

  /** Waits before the next try: after an answer that says how long, or with a growing delay when there was none. */
  private async wait(error: Error, connection: Connection, own: number, stop: AbortSignal): Promise<void> {
    if (unknown(error) && !connection.alive) return; // the next connection begins again
    const asked = error instanceof ApiError ? error.retryAfterMs : 0;
    const slowMode = error instanceof ApiError && error.detail.startsWith("slow mode");
    // Every other limit is about the connection or the user: nothing is sent meanwhile.
    if (asked > 0 && !slowMode) this.pausedUntil = Math.max(this.pausedUntil, Date.now() + asked);
    await pause(Math.max(own, asked), stop);
  }

  private async done(item: OutboxItem, answer: SendAnswer): Promise<void> {
    await this.parts.commit({ sent: [item.clientMsgId] });
    this.lane(item.conversationId).shift();
    this.parts.emit({ kind: "sent", item, answer });
    this.waiting.get(item.clientMsgId)?.resolve(answer);
    this.waiting.delete(item.clientMsgId);
  }

  private async refused(item: OutboxItem, error: ApiError): Promise<void> {
    const { reason, detail, retryAfterMs } = error;
    const failed: OutboxItem = { ...item, failure: { reason, detail, retryAfterMs } };
    await this.parts.commit({ outbox: [failed] });
    this.lane(item.conversationId).shift();
    this.failed.set(item.clientMsgId, failed);
    this.parts.emit({ kind: "refused", item: failed, error });
    this.waiting.get(item.clientMsgId)?.reject(error);
    this.waiting.delete(item.clientMsgId);
  }
}
