import type { Conversation, Message } from "../../src/index.js";

/** An entry with what a test cares about. */
export function entry(part: Partial<Message> & { seq: number }): Message {
  return {
    conversationId: "s:1:2",
    messageId: String(part.seq),
    clientMsgId: "",
    senderId: "2",
    type: "text",
    content: { text: `text ${part.seq}` },
    createdAt: part.seq * 10,
    ...part,
  };
}

/** A conversation with what a test cares about. */
export function conversation(part: Partial<Conversation> = {}): Conversation {
  return {
    conversationId: "s:1:2",
    type: "single",
    maxSeq: 0,
    minSeq: 1,
    readSeq: 0,
    unread: 0,
    mentioned: false,
    mentionCount: 0,
    pinned: false,
    mutedUntil: 0,
    draft: "",
    lastMessage: null,
    updatedAt: 0,
    archived: false,
    markedUnread: false,
    hidden: false,
    version: 0,
    ...part,
  };
}
