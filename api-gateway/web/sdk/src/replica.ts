import type { Connection } from "./connection.js";
import { merged, withEntry, withOwnState, withPeerDelivered, withPeerRead, withRead } from "./conversation.js";
import type { ClientEvents } from "./client_events.js";
import type { Emitter } from "./emitter.js";
import { ApiError } from "./errors.js";
import type { Conversation, ConversationState, Delivered, Event, Message, Read, SyncConversation } from "./frames.js";
import type { Calls } from "./generated/calls.js";
import { HISTORY_PAGE, Ledger } from "./ledger.js";
import type { Place, Snapshot, Store } from "./store.js";

/** Conversations of a page of a sync; the server gives no more. */
const SYNC_PAGE = 200;
/** Entries behind a read position that are counted here; beyond that the server is asked. */
const MAX_RECOUNT = 500;

/** What a Replica needs. */
export interface ReplicaParts {
  readonly api: Calls;
  readonly store: Store;
  readonly events: Emitter<ClientEvents>;
  /** A conversation that is new here begins with its newest entries. */
  readonly recent: boolean;
}

/**
 * What a device holds: it takes syncs and events, keeps entries and conversations in the store, and tells the application of
 * each entry once. Its methods must not overlap.
 */
export class Replica {
  private me = "";
  private since = "";
  private readonly held = new Map<string, Conversation>();
  private readonly pendingReads = new Map<string, number>();
  private readonly stale = new Set<string>();
  private readonly ledger: Ledger;

  constructor(private readonly parts: ReplicaParts) {
    this.ledger = new Ledger(
      {
        history: async (id, afterSeq) => parts.api.listMessages({ id, afterSeq, limit: HISTORY_PAGE }),
        deliver: (entries, place) => this.deliver(entries, place),
        move: place => parts.store.commit({ places: [place] }),
      },
      parts.recent,
    );
  }

  /** Takes what was kept for a user. */
  load(me: string, snapshot: Snapshot): void {
    this.me = me;
    this.since = snapshot.since;
    this.held.clear();
    for (const conversation of snapshot.conversations) this.held.set(conversation.conversationId, conversation);
    this.pendingReads.clear();
    for (const { conversationId, seq } of snapshot.reads) this.pendingReads.set(conversationId, seq);
    this.ledger.load(snapshot.places);
  }

  /** All conversations that are held, in no order. */
  get conversations(): Conversation[] {
    return [...this.held.values()];
  }

  /** What is held of a conversation's log. */
  place(conversationId: string): Place {
    return this.ledger.place(conversationId);
  }

  /** Syncs page by page until nothing has changed since, and tells the server what it has not heard of. */
  async catchUp(connection: Connection): Promise<void> {
    let since = this.since;
    for (;;) {
      const page = await connection.request("sync", { since, limit: SYNC_PAGE });
      if (page.reset && since !== "") {
        since = ""; // the token is unknown: start over; positions keep repeats away
        continue;
      }
      await this.page(page.conversations);
      if (page.nextSince !== this.since) await this.parts.store.commit({ since: page.nextSince });
      this.since = page.nextSince;
      if (!page.more) break;
      since = page.nextSince;
    }
    await this.flushReads(connection);
    await this.refreshStale();
  }

  private async page(conversations: readonly SyncConversation[]): Promise<void> {
    for (const c of conversations) {
      const { messages, hasMore, deletedSeqs, deletedMore, ...conversation } = c;
      const cleared = c.minSeq > (this.held.get(c.conversationId)?.minSeq ?? 1) ? c.minSeq : 0;
      await this.keep([conversation]);
      await this.takeAway(c.conversationId, deletedSeqs ?? [], cleared);
      await this.ledger.conversation(c);
      if (deletedMore === true) await this.readAgain(c.conversationId);
    }
  }

  /** Takes entries of one conversation from the live connection, in the order in which they came. */
  push(entries: readonly Message[]): Promise<void> {
    return this.ledger.push(entries);
  }

  /** Takes any other event that changes what is held. */
  async handle(event: Event): Promise<void> {
    switch (event.type) {
      case "read":
        return this.readMoved(event.data);
      case "delivered":
        return this.deliveredMoved(event.data);
      case "conversation":
        return this.ownState(event.data);
      case "heads":
        for (const { conversationId, maxSeq } of event.data.items) await this.ledger.head(conversationId, maxSeq);
    }
  }

  /** Reads again what only the server can count, or what an entry may have changed of a group. */
  async refreshStale(): Promise<void> {
    for (const id of this.stale) {
      try {
        await this.keep([await this.parts.api.getConversation({ id })]);
      } catch (thrown) {
        // Who may not see the conversation any more keeps what it has.
        if (!(thrown instanceof ApiError) || (thrown.status !== 404 && thrown.status !== 403)) throw thrown;
      }
      this.stale.delete(id);
    }
  }

  /** Takes a conversation as a call has answered it. */
  async absorb(conversation: Conversation): Promise<void> {
    const cleared = conversation.minSeq > (this.held.get(conversation.conversationId)?.minSeq ?? 1);
    await this.keep([conversation]);
    await this.takeAway(conversation.conversationId, [], cleared ? conversation.minSeq : 0);
    await this.ledger.forget(conversation.conversationId, conversation.minSeq, []);
  }

  /** Takes entries away that the user has deleted for itself. */
  async forget(id: string, seqs: readonly number[]): Promise<void> {
    await this.takeAway(id, seqs, 0);
    await this.ledger.forget(id, 0, seqs);
    this.stale.add(id);
  }

  /** Moves one's own read position, here now and at the server when there is a connection. */
  async markRead(id: string, seq: number, connection: Connection | undefined): Promise<void> {
    const held = this.held.get(id);
    if (held === undefined || (seq <= held.readSeq && !held.markedUnread)) return;
    const next = await this.recounted(held, seq);
    const read = { conversationId: id, seq };
    await this.parts.store.commit({ conversations: [next], reads: [read] });
    this.pendingReads.set(id, Math.max(seq, this.pendingReads.get(id) ?? 0));
    this.show([next]);
    if (connection !== undefined) await this.flushReads(connection);
  }

  /** Reads entries from before those that are held. It answers them ascending; none: there are none. */
  async older(id: string, limit: number): Promise<readonly Message[]> {
    const { floor } = this.place(id);
    if (floor <= 1) return [];
    const page = await this.parts.api.listMessages({ id, beforeSeq: floor, limit });
    await this.parts.store.commit({ entries: page.items });
    await this.ledger.lower(id, page.hasMore ? (page.items[0]?.seq ?? 1) : 1);
    if (page.items.length > 0) this.parts.events.emit("history", { conversationId: id, entries: page.items });
    return page.items;
  }

  /** Keeps new entries with what they do to their conversation, and tells of them. */
  private async deliver(entries: readonly Message[], place: Place): Promise<void> {
    const id = place.conversationId;
    const held = this.held.get(id);
    const conversations: Conversation[] = [];
    if (held === undefined) this.stale.add(id);
    else conversations.push(entries.reduce((c, entry) => withEntry(c, entry, this.me), held));
    if (held !== undefined && entries.some(entry => entry.seq > held.maxSeq && changesMore(entry))) this.stale.add(id);
    await this.parts.store.commit({ entries, places: [place], conversations });
    this.parts.events.emit("entries", { conversationId: id, entries });
    this.show(conversations);
  }

  /** Joins conversations with what is held of them, keeps them and tells of them. */
  private async keep(fresh: readonly Conversation[]): Promise<void> {
    const conversations = fresh.map(c => merged(this.held.get(c.conversationId), c));
    await this.parts.store.commit({ conversations });
    this.show(conversations);
  }

  private show(changed: readonly Conversation[]): void {
    for (const c of changed) this.held.set(c.conversationId, c);
    if (changed.length > 0) this.parts.events.emit("conversations", { changed });
  }

  private async takeAway(conversationId: string, seqs: readonly number[], below: number): Promise<void> {
    if (seqs.length === 0 && below <= 1) return;
    await this.parts.store.commit({ forget: { conversationId, seqs, below } });
    this.parts.events.emit("forgotten", { conversationId, seqs, below });
  }

  /** Compares all that is held of a conversation with the history: more was deleted than the server names. */
  private async readAgain(id: string): Promise<void> {
    const { floor, position } = this.place(id);
    for (let after = floor - 1; after < position;) {
      const page = await this.parts.api.listMessages({ id, afterSeq: after, limit: HISTORY_PAGE });
      const end = page.hasMore ? (page.items.at(-1)?.seq ?? position) : position;
      const there = new Set(page.items.map(entry => entry.seq));
      const kept = await this.parts.store.entries(id, { after, before: end + 1, limit: end - after });
      const gone = kept.map(entry => entry.seq).filter(seq => !there.has(seq));
      await this.takeAway(id, gone, 0);
      after = end;
    }
  }

  private async readMoved(read: Read): Promise<void> {
    const { conversationId: id, userId, seq } = read;
    const held = this.held.get(id);
    if (held !== undefined) {
      const next = userId === this.me ? await this.recounted(held, seq) : withPeerRead(held, seq);
      await this.parts.store.commit({ conversations: [next] });
      this.show([next]);
    }
    this.parts.events.emit("receipt", { kind: "read", ...read });
  }

  private async deliveredMoved(delivered: Delivered): Promise<void> {
    const held = this.held.get(delivered.conversationId);
    if (held !== undefined) {
      const next = withPeerDelivered(held, delivered.seq);
      await this.parts.store.commit({ conversations: [next] });
      this.show([next]);
    }
    this.parts.events.emit("receipt", { kind: "delivered", ...delivered });
  }

  private async ownState(state: ConversationState): Promise<void> {
    const held = this.held.get(state.conversationId);
    if (held === undefined) {
      this.stale.add(state.conversationId);
    } else {
      const next = withOwnState(held, state);
      await this.parts.store.commit({ conversations: [next] });
      this.show([next]);
      if (state.readSeq !== held.readSeq || (state.deletedSeqs ?? []).length > 0 || state.minSeq > held.minSeq) {
        this.stale.add(state.conversationId); // its last message and mentions may be others now
      }
    }
    const cleared = state.minSeq > (held?.minSeq ?? 1) ? state.minSeq : 0;
    await this.takeAway(state.conversationId, state.deletedSeqs ?? [], cleared);
    await this.ledger.forget(state.conversationId, state.minSeq, state.deletedSeqs ?? []);
  }

  /** A conversation with its read position at seq, its unread entries counted anew; what cannot be counted here is asked for. */
  private async recounted(held: Conversation, seq: number): Promise<Conversation> {
    const { conversationId: id, maxSeq } = held;
    const { floor, position } = this.place(id);
    if (floor > seq + 1 || position < maxSeq || maxSeq - seq > MAX_RECOUNT) this.stale.add(id);
    const after = seq >= maxSeq ? [] : await this.parts.store.entries(id, { after: seq, limit: MAX_RECOUNT });
    return withRead(held, seq, after, this.me);
  }

  /** Tells the server of read positions that it has not heard of. */
  private async flushReads(connection: Connection): Promise<void> {
    for (const [conversationId, seq] of this.pendingReads) {
      try {
        await connection.request("conversation.read", { conversationId, seq });
      } catch (thrown) {
        if (!(thrown instanceof ApiError)) return; // the next connection tells
        if (thrown.retryable) continue;
      }
      await this.parts.store.commit({ readsDone: [{ conversationId, seq }] });
      this.pendingReads.delete(conversationId);
      if (this.held.get(conversationId)?.maxSeq !== seq) this.stale.add(conversationId);
    }
  }
}

/** Whether an entry changes more of its conversation than its last message and its counts. */
function changesMore(entry: Message): boolean {
  return entry.type === "system" || entry.type === "recall" || entry.type === "edit";
}
