import type { Conversation, Message, SendRequest } from "./frames.js";

/** What a device holds of one conversation: every entry that its user may see from floor to position. */
export interface Place {
  readonly conversationId: string;
  /** The last seq up to which nothing is missing. */
  readonly position: number;
  /** The first seq from which nothing is missing; what stands before it is read from the server when it is looked at. */
  readonly floor: number;
  /** Seqs beyond position that the user has deleted for itself: a push of them may still come. */
  readonly gone: readonly number[];
}

/** Why a message was refused for good. */
export interface Failure {
  readonly reason: string;
  readonly detail: string;
  /** Milliseconds after which it may be sent, as for a mute; 0: no advice. */
  readonly retryAfterMs: number;
}

/** A message that is to be sent. */
export interface OutboxItem {
  readonly clientMsgId: string;
  /** The place in the queue; it grows. */
  readonly order: number;
  /** The conversation that it goes to. */
  readonly conversationId: string;
  readonly request: SendRequest;
  readonly createdAt: number;
  /** Set when the server refused it: it waits to be sent again or discarded by the user. */
  readonly failure?: Failure;
}

/** A read position that the user has moved and the server has not heard of. */
export interface PendingRead {
  readonly conversationId: string;
  readonly seq: number;
}

/** Everything but the entries. */
export interface Snapshot {
  readonly since: string;
  readonly places: readonly Place[];
  readonly conversations: readonly Conversation[];
  readonly outbox: readonly OutboxItem[];
  readonly reads: readonly PendingRead[];
}

/** Changes that are kept all together or not at all. */
export interface Change {
  /** Entries to put, in place of those with the same seq. */
  readonly entries?: readonly Message[];
  /** Entries to take away: single ones, and all before a seq. */
  readonly forget?: { readonly conversationId: string; readonly seqs: readonly number[]; readonly below: number };
  /** Places; a position only goes forward and a floor only back. */
  readonly places?: readonly Place[];
  /** Conversations, joined with what is held of them. */
  readonly conversations?: readonly Conversation[];
  /** The sync token. */
  readonly since?: string;
  readonly outbox?: readonly OutboxItem[];
  /** Outgoing messages, by clientMsgId, to take away. */
  readonly sent?: readonly string[];
  readonly reads?: readonly PendingRead[];
  /** Read positions that the server has. */
  readonly readsDone?: readonly PendingRead[];
}

/** Which entries of a conversation to read. */
export interface Range {
  /** Only entries before this seq; the newest of them. */
  readonly before?: number;
  /** Only entries after this seq. With before alone absent: the oldest of them. */
  readonly after?: number;
  readonly limit: number;
}

/**
 * What a device keeps over reloads and restarts. Tabs of a browser share one; each change joins what is there, so that none of
 * them takes back what another knows.
 */
export interface Store {
  /** Gets ready for a user. What is kept of another one is forgotten first. */
  open(userId: string): Promise<void>;
  load(): Promise<Snapshot>;
  /** Keeps changes, all or none. */
  commit(change: Change): Promise<void>;
  /** Answers entries ascending by seq. */
  entries(conversationId: string, range: Range): Promise<Message[]>;
  /** Forgets everything. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** Joins what is kept of a place with what is new. */
export function mergedPlace(held: Place | undefined, fresh: Place): Place {
  if (held === undefined) return fresh;
  const position = Math.max(held.position, fresh.position);
  return {
    conversationId: fresh.conversationId,
    position,
    floor: Math.min(held.floor, fresh.floor),
    gone: fresh.gone.filter(seq => seq > position),
  };
}
