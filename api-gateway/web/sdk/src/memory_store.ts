import { merged } from "./conversation.js";
import type { Conversation, Message } from "./frames.js";
import {
  type Change,
  mergedPlace,
  type OutboxItem,
  type Place,
  type Range,
  type Snapshot,
  type Store,
} from "./store.js";

/** Forgets everything with the process. */
export class MemoryStore implements Store {
  private owner = "";
  private since = "";
  private readonly places = new Map<string, Place>();
  private readonly conversations = new Map<string, Conversation>();
  private readonly outbox = new Map<string, OutboxItem>();
  private readonly reads = new Map<string, number>();
  private readonly logs = new Map<string, Map<number, Message>>();

  async open(userId: string): Promise<void> {
    if (this.owner !== userId) await this.clear();
    this.owner = userId;
  }

  load(): Promise<Snapshot> {
    return Promise.resolve({
      since: this.since,
      places: [...this.places.values()],
      conversations: [...this.conversations.values()],
      outbox: [...this.outbox.values()].sort((a, b) => a.order - b.order),
      reads: [...this.reads].map(([conversationId, seq]) => ({ conversationId, seq })),
    });
  }

  commit(change: Change): Promise<void> {
    this.keepEntries(change);
    for (const place of change.places ?? []) {
      this.places.set(place.conversationId, mergedPlace(this.places.get(place.conversationId), place));
    }
    for (const conversation of change.conversations ?? []) {
      const { conversationId: id } = conversation;
      this.conversations.set(id, merged(this.conversations.get(id), conversation));
    }
    this.since = change.since ?? this.since;
    this.keepQueues(change);
    return Promise.resolve();
  }

  private keepQueues(change: Change): void {
    for (const item of change.outbox ?? []) this.outbox.set(item.clientMsgId, item);
    for (const id of change.sent ?? []) this.outbox.delete(id);
    for (const { conversationId: id, seq } of change.reads ?? []) {
      this.reads.set(id, Math.max(seq, this.reads.get(id) ?? 0));
    }
    for (const { conversationId: id, seq } of change.readsDone ?? []) {
      if ((this.reads.get(id) ?? 0) <= seq) this.reads.delete(id);
    }
  }

  private keepEntries(change: Change): void {
    for (const entry of change.entries ?? []) this.log(entry.conversationId).set(entry.seq, entry);
    if (change.forget === undefined) return;
    const { conversationId, seqs, below } = change.forget;
    const log = this.log(conversationId);
    for (const seq of seqs) log.delete(seq);
    for (const seq of [...log.keys()]) if (seq < below) log.delete(seq);
  }

  private log(id: string): Map<number, Message> {
    let log = this.logs.get(id);
    if (log === undefined) this.logs.set(id, (log = new Map<number, Message>()));
    return log;
  }

  entries(conversationId: string, range: Range): Promise<Message[]> {
    const { before = Infinity, after = -1, limit } = range;
    const found = [...this.log(conversationId).values()]
      .filter(entry => entry.seq < before && entry.seq > after)
      .sort((a, b) => a.seq - b.seq);
    return Promise.resolve(range.after === undefined ? found.slice(-limit) : found.slice(0, limit));
  }

  clear(): Promise<void> {
    this.since = "";
    for (const kept of [this.places, this.conversations, this.outbox, this.reads, this.logs]) kept.clear();
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
