import type { EndReason } from "./errors.js";
import type { Conversation, Message, Presence, Typing } from "./frames.js";
import type { LinkState } from "./link.js";
import type { OutboxEvent } from "./outbox.js";

/** A position of a member that moved. */
export interface Receipt {
  readonly kind: "read" | "delivered";
  readonly conversationId: string;
  readonly userId: string;
  readonly seq: number;
}

/** What an ImClient tells of. */
export interface ClientEvents {
  /** How the device stands to its server; error is what brought it about, if anything did. */
  connection: { readonly state: LinkState; readonly error?: Error };
  /** Nothing is missing now. It comes once for every connection, after all that was missed. */
  synced: { readonly serverTime: number };
  /** New entries of one conversation: each entry once, in order of seq, over all reconnects. They are in the store already. */
  entries: { readonly conversationId: string; readonly entries: readonly Message[] };
  /** Entries from before those that were held, read because somebody looked for them. */
  history: { readonly conversationId: string; readonly entries: readonly Message[] };
  /** Entries that the user has deleted for itself: single ones, and all before a seq. */
  forgotten: { readonly conversationId: string; readonly seqs: readonly number[]; readonly below: number };
  /** Conversations that look different now. */
  conversations: { readonly changed: readonly Conversation[] };
  receipt: Receipt;
  /** Good for about five seconds. */
  typing: Typing;
  presence: Presence;
  outbox: OutboxEvent;
  /** The session is over; nothing comes after it. */
  ended: { readonly reason: EndReason };
}
