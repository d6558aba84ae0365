// What events do to a conversation as the list shows it. Every function is pure, and none moves a position back: the same news
// may come twice, late, or from another tab.
import type { Conversation, ConversationState, Message } from "./frames.js";
import { isChange } from "./transcript.js";

/** Whether an entry counts as unread for a user who has not read it. */
export function countsAsUnread(entry: Message, me: string): boolean {
  if (entry.senderId === me || isChange(entry)) return false;
  return entry.type !== "system" || entry.conversationId.startsWith("n:");
}

/** Whether a message mentions a user, by name or with everybody. */
function mentions(entry: Message, me: string): boolean {
  return entry.senderId !== me && (entry.mentions ?? []).some(who => who === me || who === "all");
}

/** The mention fields of a conversation for a count of unread mentions. */
function mentionFields(count: number, first: number | undefined): Partial<Conversation> {
  return { mentioned: count > 0, mentionCount: count, firstMentionSeq: count > 0 ? first : undefined };
}

/** Joins what is held of a conversation with what came from the server or another tab. */
export function merged(held: Conversation | undefined, fresh: Conversation): Conversation {
  if (held === undefined) return fresh;
  const ahead = held.maxSeq > fresh.maxSeq || (held.maxSeq === fresh.maxSeq && held.readSeq > fresh.readSeq);
  const own = held.version > fresh.version ? held : fresh;
  const base = ahead ? held : fresh;
  const { pinned, mutedUntil, draft, markedUnread, archived, hidden, version } = own;
  return {
    ...base,
    ...(ahead ? {} : { peer: fresh.peer, group: fresh.group }),
    ...{ pinned, mutedUntil, draft, markedUnread, archived, hidden, version },
    readSeq: Math.max(held.readSeq, fresh.readSeq),
    minSeq: ahead ? Math.max(held.minSeq, fresh.minSeq) : fresh.minSeq,
    updatedAt: Math.max(held.updatedAt, fresh.updatedAt),
    ...peerPositions(held, fresh.peerReadSeq ?? 0, fresh.peerDeliveredSeq ?? 0),
  };
}

/** The peer's positions, moved forward only; what is read is delivered. */
function peerPositions(held: Conversation, read: number, delivered: number): Partial<Conversation> {
  const peerReadSeq = Math.max(held.peerReadSeq ?? 0, read);
  const peerDeliveredSeq = Math.max(held.peerDeliveredSeq ?? 0, delivered, peerReadSeq);
  return peerDeliveredSeq === 0 ? {} : { peerReadSeq, peerDeliveredSeq };
}

/** Takes the next entry of the log. */
export function withEntry(held: Conversation, entry: Message, me: string): Conversation {
  if (entry.seq <= held.maxSeq) return held;
  const next: Conversation = {
    ...held,
    maxSeq: entry.seq,
    lastMessage: entry,
    updatedAt: Math.max(held.updatedAt, entry.createdAt),
    hidden: false,
  };
  if (entry.senderId === me) return withRead(next, entry.seq, []);
  if (entry.seq <= held.readSeq || !countsAsUnread(entry, me)) return next;
  const counted = { ...next, unread: held.unread + 1 };
  if (!mentions(entry, me)) return counted;
  return { ...counted, ...mentionFields(held.mentionCount + 1, held.firstMentionSeq ?? entry.seq) };
}

/** Moves one's own read position; after are the entries beyond it, of which the unread ones are counted anew. */
export function withRead(held: Conversation, seq: number, after: readonly Message[], me = ""): Conversation {
  const read = Math.min(seq, held.maxSeq);
  if (read < held.readSeq) return held;
  const unread = after.filter(entry => entry.seq > read && countsAsUnread(entry, me));
  const mentioning = unread.filter(entry => mentions(entry, me));
  return {
    ...held,
    readSeq: read,
    markedUnread: false,
    unread: unread.length,
    ...mentionFields(mentioning.length, mentioning[0]?.seq),
  };
}

/** Moves the peer's read position. */
export function withPeerRead(held: Conversation, seq: number): Conversation {
  return { ...held, ...peerPositions(held, seq, 0) };
}

/** Moves the peer's delivered position. */
export function withPeerDelivered(held: Conversation, seq: number): Conversation {
  return { ...held, ...peerPositions(held, 0, seq) };
}

/** Takes one's own state as another device has changed it. */
export function withOwnState(held: Conversation, state: ConversationState): Conversation {
  if (state.version < held.version) return held;
  const { pinned, mutedUntil, draft, markedUnread, archived, hidden, version } = state;
  return {
    ...held,
    ...{ pinned, mutedUntil, draft, markedUnread, archived, hidden, version },
    minSeq: Math.max(held.minSeq, state.minSeq),
    readSeq: Math.max(held.readSeq, state.readSeq),
    unread: state.readSeq >= held.readSeq ? state.unread : held.unread,
  };
}

/** The order of a list: pinned ones first, then the newest first. */
export function byActivity(a: Conversation, b: Conversation): number {
  return (
    Number(b.pinned) - Number(a.pinned) || b.updatedAt - a.updatedAt || (a.conversationId < b.conversationId ? -1 : 1)
  );
}

/** The id of the conversation of two users. */
export function singleId(a: string, b: string): string {
  const [low, high] = BigInt(a) <= BigInt(b) ? [a, b] : [b, a];
  return `s:${low}:${high}`;
}
