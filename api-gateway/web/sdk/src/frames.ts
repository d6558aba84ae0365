// The frames of im.v1.json. A Go test holds the interfaces here against the frames that the gateway has; what is an alias of a
// schema comes from the gateway's own types.
import type { FieldFault } from "./errors.js";
import type { Schemas } from "./calls.js";

/** One entry of a conversation's log. */
export type Message = Schemas["Message"];

/** A conversation as this user sees it. */
export type Conversation = Schemas["Conversation"];

/** A conversation that changed, with its newest entries, ascending by seq. */
export type SyncConversation = Schemas["SyncConversation"];

/** A page of what changed since a token. */
export type SyncPage = Schemas["SyncPage"];

/** Whether somebody has a device online. */
export type Presence = Schemas["Presence"];

/** A message to send, to exactly one of conversationId, toUserId and groupId. */
export type SendRequest = Schemas["SendMessageRequest"];

/** Where a message stands in its conversation. */
export type SendAnswer = Schemas["SentMessage"];

/** An empty object. */
export type Empty = Record<string, never>;

export interface PingAnswer {
  readonly serverTime: number;
}

export interface RecallRequest {
  readonly conversationId: string;
  readonly seq: number;
}

export interface EditRequest {
  readonly conversationId: string;
  readonly seq: number;
  readonly content: Readonly<Record<string, unknown>>;
  readonly mentions?: readonly string[];
}

export interface ReactRequest {
  readonly conversationId: string;
  readonly seq: number;
  readonly emoji: string;
  readonly removed?: boolean;
}

export interface ReadRequest {
  readonly conversationId: string;
  readonly seq: number;
}

export interface ReadAnswer {
  readonly readSeq: number;
}

export interface DeliveredRequest {
  readonly conversationId: string;
  readonly seq: number;
}

export interface DeliveredAnswer {
  readonly deliveredSeq: number;
}

export interface TypingRequest {
  readonly conversationId: string;
}

/** Where a client stands in a conversation that it asks about. */
export interface Position {
  readonly conversationId: string;
  readonly afterSeq: number;
  readonly limit: number;
}

export interface SyncRequest {
  readonly since?: string;
  readonly limit?: number;
  readonly conversations?: readonly Position[];
}

export interface PresenceRequest {
  readonly userIds: readonly string[];
}

export interface PresenceAnswer {
  readonly items: readonly Presence[];
}

/** The first event of every connection. */
export interface Hello {
  readonly userId: string;
  readonly sessionId: string;
  readonly deviceId: string;
  readonly connectionId: string;
  readonly heartbeatMs: number;
  readonly serverTime: number;
}

/** A read position that moved: the peer's in a single conversation, one's own everywhere. */
export interface Read {
  readonly conversationId: string;
  readonly userId: string;
  readonly seq: number;
}

/** A device of the peer of a single conversation has every entry up to seq. */
export interface Delivered {
  readonly conversationId: string;
  readonly userId: string;
  readonly seq: number;
}

/** One's own state of a conversation, as another device has changed it. The highest version counts. */
export interface ConversationState {
  readonly conversationId: string;
  readonly version: number;
  readonly pinned: boolean;
  readonly mutedUntil: number;
  readonly draft: string;
  readonly markedUnread: boolean;
  readonly archived: boolean;
  readonly hidden: boolean;
  readonly minSeq: number;
  readonly readSeq: number;
  readonly unread: number;
  readonly deletedSeqs?: readonly number[];
}

/** Somebody else is typing. It is good for about five seconds. */
export interface Typing {
  readonly conversationId: string;
  readonly userId: string;
}

/** The last seq of a conversation. */
export interface Head {
  readonly conversationId: string;
  readonly maxSeq: number;
}

export interface Heads {
  readonly items: readonly Head[];
}

/** The gateway is going away. */
export interface GoAway {
  readonly reconnectAfterMs: number;
}

/** The session has ended; the connection is closed next. */
export interface Kicked {
  readonly reason: string;
}

/** Why a request was refused. */
export interface FrameError {
  readonly reason: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number;
  readonly fields?: readonly FieldFault[];
}

/** The data of each request and of its answer. */
export interface Requests {
  ping: { data: Empty; answer: PingAnswer };
  "message.send": { data: SendRequest; answer: SendAnswer };
  "message.recall": { data: RecallRequest; answer: SendAnswer };
  "message.edit": { data: EditRequest; answer: SendAnswer };
  "message.react": { data: ReactRequest; answer: SendAnswer };
  "conversation.read": { data: ReadRequest; answer: ReadAnswer };
  "conversation.delivered": { data: DeliveredRequest; answer: DeliveredAnswer };
  "conversation.typing": { data: TypingRequest; answer: Empty };
  sync: { data: SyncRequest; answer: SyncPage };
  "presence.subscribe": { data: PresenceRequest; answer: PresenceAnswer };
}

/** The data of each event. */
export interface Events {
  hello: Hello;
  message: Message;
  read: Read;
  delivered: Delivered;
  conversation: ConversationState;
  typing: Typing;
  presence: Presence;
  heads: Heads;
  goaway: GoAway;
  kicked: Kicked;
}

/** An event: its type and the data that belongs to it. */
export type Event = { [K in keyof Events]: { readonly type: K; readonly data: Events[K] } }[keyof Events];
