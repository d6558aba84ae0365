import type { ClientEvents } from "./client_events.js";
import type { Message } from "./frames.js";
import type { Range } from "./store.js";
import { type ShownMessage, Transcript } from "./transcript.js";

/** What a Timeline needs of an ImClient. */
export interface TimelineSource {
  readonly me: string;
  on<K extends keyof ClientEvents>(type: K, listener: (data: ClientEvents[K]) => void): () => void;
  entries(conversationId: string, range: Range): Promise<Message[]>;
  loadOlder(conversationId: string, limit: number): Promise<readonly Message[]>;
  floor(conversationId: string): number;
}

/** One conversation as a chat shows it: its newest messages, and older ones when somebody looks for them. */
export class Timeline {
  private readonly transcript: Transcript;
  private readonly listeners = new Set<(seqs: ReadonlySet<number>) => void>();
  private readonly unlisten: (() => void)[];
  private oldest = Infinity;

  private constructor(
    private readonly source: TimelineSource,
    readonly conversationId: string,
  ) {
    this.transcript = new Transcript(source.me);
    const mine = (data: { conversationId: string }): boolean => data.conversationId === conversationId;
    this.unlisten = [
      source.on("entries", data => {
        if (mine(data)) this.take(data.entries);
      }),
      source.on("forgotten", data => {
        if (!mine(data)) return;
        this.transcript.forget(data.seqs, data.below);
        this.tell(new Set(data.seqs));
      }),
    ];
  }

  /** Opens a conversation with up to limit of its newest entries that are held. */
  static async open(source: TimelineSource, conversationId: string, limit: number): Promise<Timeline> {
    const timeline = new Timeline(source, conversationId);
    timeline.take(await source.entries(conversationId, { limit }));
    return timeline;
  }

  /** The messages and system entries, as they are now, ascending by seq. */
  get messages(): ShownMessage[] {
    return this.transcript.messages;
  }

  /** The message at a seq as it is now; undefined for what is no message or not here. */
  message(seq: number): ShownMessage | undefined {
    return this.transcript.message(seq);
  }

  /** Brings up to limit older entries, from the store or else the server. It answers false when there are none. */
  async older(limit = 50): Promise<boolean> {
    const id = this.conversationId;
    let found: readonly Message[] = [];
    if (this.oldest > this.source.floor(id)) {
      const before = this.oldest === Infinity ? {} : { before: this.oldest };
      found = await this.source.entries(id, { ...before, limit });
    }
    if (found.length === 0) found = await this.source.loadOlder(id, limit);
    this.take(found);
    return found.length > 0;
  }

  /** Listens to changes: the seqs of the messages that look different now. It answers how to stop. */
  onChange(listener: (seqs: ReadonlySet<number>) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Stops to follow the conversation. */
  close(): void {
    for (const stop of this.unlisten) stop();
    this.listeners.clear();
  }

  private take(entries: readonly Message[]): void {
    this.oldest = Math.min(this.oldest, entries[0]?.seq ?? Infinity);
    const touched = this.transcript.apply(entries);
    if (touched.size > 0) this.tell(touched);
  }

  private tell(seqs: ReadonlySet<number>): void {
    for (const listener of this.listeners) listener(seqs);
  }
}
