import { ApiError } from "./errors.js";
import type { Message, SyncConversation } from "./frames.js";
import type { Place } from "./store.js";

/** How many entries a repair reads at a time; the server gives no more. */
export const HISTORY_PAGE = 200;

/** A page of the history, ascending. */
export interface History {
  readonly items: readonly Message[];
  readonly hasMore: boolean;
}

/** What a Ledger needs. */
export interface LedgerParts {
  /** Reads entries after a seq, ascending. */
  history(conversationId: string, afterSeq: number): Promise<History>;
  /**
   * Keeps entries, which follow each other in one conversation, and the place after them, all or nothing, and gives them to the
   * application. When it fails nothing was given.
   */
  deliver(entries: readonly Message[], place: Place): Promise<void>;
  /** Keeps a place that moved without entries. */
  move(place: Place): Promise<void>;
}

/** The history does not reach what was announced: the device connects anew and syncs. */
export class BehindError extends Error {
  override readonly name = "BehindError";
}

/**
 * Turns what comes, in whatever order and however often, into every entry of every conversation once and in order of seq. The log
 * is the truth: a push only says that there is something; what is missing before it is read from the history, whose answers are
 * complete, so that seqs which a user may not see leave no hole to wait for.
 *
 * Its methods must not overlap: one has to end before the next is called.
 */
export class Ledger {
  private readonly places = new Map<string, Place>();

  /** @param recent a conversation that is new here begins with its newest entries, and not with its first. */
  constructor(
    private readonly parts: LedgerParts,
    private readonly recent: boolean,
  ) {}

  /** Takes what was kept. */
  load(places: readonly Place[]): void {
    for (const place of places) this.places.set(place.conversationId, place);
  }

  /** What is held of a conversation. */
  place(conversationId: string): Place {
    return this.places.get(conversationId) ?? { conversationId, position: 0, floor: 1, gone: [] };
  }

  /** Takes entries of one conversation from the live connection, in the order in which they came. */
  async push(entries: readonly Message[]): Promise<void> {
    let run: Message[] = [];
    for (const entry of entries) {
      const place = this.place(entry.conversationId);
      const position = run.at(-1)?.seq ?? place.position;
      if (entry.seq <= position || place.gone.includes(entry.seq)) continue;
      if (entry.seq === position + 1) {
        run.push(entry);
        continue;
      }
      await this.hand(entry.conversationId, run);
      run = [];
      await this.reach(entry);
    }
    const id = entries[0]?.conversationId;
    if (id !== undefined) await this.hand(id, run);
  }

  /** Hands out what the history has up to an entry that came too early. */
  private async reach(entry: Message): Promise<void> {
    const id = entry.conversationId;
    if (!this.places.has(id) && this.recent) {
      await this.begin(id, entry.seq);
      return this.hand(id, [entry]);
    }
    const found = await this.repair(id);
    if (entry.seq <= this.place(id).position) return;
    // A conversation without a history that one may read: this entry is all there is.
    if (!found) return this.hand(id, [entry]);
    throw new BehindError(`the history of ${id} ends before the push of ${entry.seq}`);
  }

  /** Takes the news that a conversation has entries up to a seq. */
  async head(conversationId: string, maxSeq: number): Promise<void> {
    if (maxSeq > this.place(conversationId).position) await this.repair(conversationId);
  }

  /** Takes the newest entries of a conversation, and first what is missing before them. */
  async conversation(c: SyncConversation): Promise<void> {
    const id = c.conversationId;
    const first = c.messages[0]?.seq;
    if (!this.places.has(id) && this.recent && first !== undefined) await this.begin(id, first);
    await this.forget(id, 0, c.deletedSeqs ?? []);
    const at = Math.max(this.place(id).position, c.minSeq - 1);
    const joined = first !== undefined && first <= at + 1;
    if (c.maxSeq > at && !joined) await this.repair(id);
    await this.hand(id, c.messages);
    await this.forget(id, c.minSeq, []);
  }

  /** Takes the news that the user has deleted entries for itself, and everything before minSeq. A push of them may still come. */
  async forget(conversationId: string, minSeq: number, deleted: readonly number[]): Promise<void> {
    const place = this.place(conversationId);
    const late = deleted.filter(seq => seq > place.position && !place.gone.includes(seq));
    const position = Math.max(place.position, minSeq - 1);
    if (late.length === 0 && position === place.position) return;
    await this.move({ ...place, position, gone: [...place.gone, ...late] });
  }

  /** Notes that older entries are held, down to a seq. */
  async lower(conversationId: string, floor: number): Promise<void> {
    const place = this.place(conversationId);
    if (floor < place.floor) await this.move({ ...place, floor });
  }

  /** Begins a conversation with an entry: what stands before it is read when it is looked at. */
  private begin(conversationId: string, seq: number): Promise<void> {
    return this.move({ conversationId, position: seq - 1, floor: seq, gone: [] });
  }

  /** Hands out everything that the history has after the position. It answers whether there is a history. */
  private async repair(id: string): Promise<boolean> {
    for (;;) {
      const before = this.place(id).position;
      let page: History;
      try {
        page = await this.parts.history(id, before);
      } catch (thrown) {
        if (thrown instanceof ApiError && (thrown.status === 404 || thrown.status === 403)) return false;
        throw thrown;
      }
      await this.hand(id, page.items);
      if (!page.hasMore || this.place(id).position === before) return true;
    }
  }

  /** Hands out those of entries, ascending, that were not. */
  private async hand(id: string, entries: readonly Message[]): Promise<void> {
    const place = this.place(id);
    const fresh = entries.filter(entry => entry.seq > place.position);
    const last = fresh.at(-1);
    if (last === undefined) return;
    const next = moved({ ...place, position: last.seq });
    await this.parts.deliver(fresh, next);
    this.places.set(id, next);
  }

  private async move(place: Place): Promise<void> {
    const next = moved(place);
    await this.parts.move(next);
    this.places.set(place.conversationId, next);
  }
}

/** A place without the seqs that it has passed. */
function moved(place: Place): Place {
  return { ...place, gone: place.gone.filter(seq => seq > place.position) };
}
