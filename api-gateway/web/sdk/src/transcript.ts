import type { Message } from "./frames.js";

/** The types of entries that change another message. None of them is ever unread. */
const CHANGES: ReadonlySet<string> = new Set(["recall", "edit", "reaction", "pin"]);

/** Whether an entry changes another message, and is none itself. */
export function isChange(entry: Message): boolean {
  return CHANGES.has(entry.type);
}

/** A message as a chat shows it: as the entries that change it have left it. */
export interface ShownMessage extends Message {
  readonly pinned: boolean;
}

type Reactions = NonNullable<Message["reactions"]>;

/** The message that an entry changes; 0 when the entry does not say. */
function targetOf(entry: Message): number {
  const seq = entry.content["targetSeq"];
  return typeof seq === "number" ? seq : 0;
}

/** Reactions after one more, or one less. */
function reacted(reactions: Reactions, emoji: string, removed: boolean, mine: boolean): Reactions {
  const held = reactions.find(r => r.emoji === emoji);
  if (held === undefined) return removed ? reactions : [...reactions, { emoji, count: 1, mine }];
  const next = { ...held, count: held.count + (removed ? -1 : 1), mine: mine ? !removed : held.mine };
  return reactions.flatMap(r => (r !== held ? [r] : next.count > 0 ? [next] : []));
}

/** A message after an entry that changes it. Entries have to come in order of seq. */
function changed(message: ShownMessage, entry: Message, me: string): ShownMessage {
  const content = entry.content;
  if (entry.type === "recall") {
    const { mentions, reactions, reactionSeq, editedAt, ...rest } = message;
    return { ...rest, content: {}, recalledAt: entry.createdAt, pinned: false };
  }
  if ((message.recalledAt ?? 0) > 0) return message;
  if (entry.type === "edit") {
    const text = content["content"] as Message["content"] | undefined;
    // Without content the message was recalled later; an older one came with the message already.
    if (text === undefined || entry.createdAt < (message.editedAt ?? 0)) return message;
    return { ...message, content: text, mentions: entry.mentions, editedAt: entry.createdAt };
  }
  const removed = content["removed"] === true;
  if (entry.type === "pin") return { ...message, pinned: !removed };
  if (entry.seq <= (message.reactionSeq ?? 0)) return message; // the message came with it
  const emoji = String(content["emoji"]);
  const reactions = reacted(message.reactions ?? [], emoji, removed, entry.senderId === me);
  return { ...message, reactionSeq: entry.seq, reactions };
}

/** Whether a copy of a message is from a later time than another: it tells of more of what happened to it. */
function newer(copy: Message, than: Message): boolean {
  const told = (m: Message): number[] => [Number((m.recalledAt ?? 0) > 0), m.editedAt ?? 0, m.reactionSeq ?? 0];
  const [a, b] = [told(copy), told(than)];
  const first = a.findIndex((value, i) => value !== b[i]);
  return first >= 0 && (a[first] ?? 0) > (b[first] ?? 0);
}

/** What is held of one message: the newest copy of it and the entries that change it, ascending by seq. */
interface Held {
  base?: Message;
  readonly changes: Message[];
  shown?: ShownMessage;
}

/**
 * What the members of one conversation see: its messages, as the entries that change them have left them. It depends on the set
 * of entries alone: in which order they are applied, in how many parts and how often, makes no difference.
 */
export class Transcript {
  private readonly held = new Map<number, Held>();
  private readonly gone = new Set<number>();
  private floor = 0;
  private order: number[] | undefined;

  /** @param me the user id of who looks at it. */
  constructor(private readonly me: string) {}

  /** Takes entries and answers the seqs of the messages that look different now. */
  apply(entries: readonly Message[]): Set<number> {
    const touched = new Set<number>();
    for (const entry of entries) {
      if (entry.seq < this.floor || this.gone.has(entry.seq)) continue;
      const seq = isChange(entry) ? this.addChange(entry) : this.addMessage(entry);
      if (seq !== undefined) touched.add(seq);
    }
    return touched;
  }

  /** Takes away what the user has deleted for itself: some seqs, and all before one. */
  forget(seqs: readonly number[], below = 0): void {
    for (const seq of seqs) this.gone.add(seq);
    this.floor = Math.max(this.floor, below);
    for (const [seq, held] of this.held) {
      if (seq < this.floor || this.gone.has(seq)) {
        delete held.base;
        delete held.shown;
      }
    }
    this.order = undefined;
  }

  /** The message at a seq as it is now; undefined for what is no message or not held. */
  message(seq: number): ShownMessage | undefined {
    const held = this.held.get(seq);
    if (held?.base === undefined) return undefined;
    held.shown ??= held.changes.reduce<ShownMessage>((shown, change) => changed(shown, change, this.me), {
      ...held.base,
      pinned: false,
    });
    return held.shown;
  }

  /** The seqs of all messages and system entries that are held, ascending. */
  get seqs(): readonly number[] {
    this.order ??= [...this.held]
      .filter(([, held]) => held.base !== undefined)
      .map(([seq]) => seq)
      .sort((a, b) => a - b);
    return this.order;
  }

  /** All messages and system entries that are held, as they are now, ascending by seq. */
  get messages(): ShownMessage[] {
    return this.seqs.flatMap(seq => this.message(seq) ?? []);
  }

  /** The pinned messages that are held, ascending by seq. */
  get pinned(): ShownMessage[] {
    return this.messages.filter(message => message.pinned);
  }

  private at(seq: number): Held {
    let held = this.held.get(seq);
    if (held === undefined) this.held.set(seq, (held = { changes: [] }));
    return held;
  }

  private addMessage(entry: Message): number | undefined {
    const held = this.at(entry.seq);
    if (held.base !== undefined && !newer(entry, held.base)) return undefined;
    if (held.base === undefined) this.order = undefined;
    held.base = entry;
    delete held.shown;
    return entry.seq;
  }

  private addChange(entry: Message): number | undefined {
    const held = this.at(targetOf(entry));
    const after = held.changes.findIndex(change => change.seq >= entry.seq);
    if (after >= 0 && held.changes[after]?.seq === entry.seq) {
      // An edit loses its content when the message is recalled: the emptier copy is the later one, and either gives the same.
      return undefined;
    }
    held.changes.splice(after < 0 ? held.changes.length : after, 0, entry);
    delete held.shown;
    return held.base === undefined ? undefined : targetOf(entry);
  }
}
