import type { Connection } from "./connection.js";
import type { Message } from "./frames.js";

/** Tells the peers of single conversations what this device holds: once for several entries. */
export class DeliveryMarks {
  private readonly due = new Map<string, number>();

  /** Notes entries of one conversation that the device holds. */
  note(entries: readonly Message[], me: string): void {
    const last = entries.findLast(entry => entry.senderId !== me);
    if (last?.conversationId.startsWith("s:") === true) this.due.set(last.conversationId, last.seq);
  }

  /** Tells what is due. What gets no answer is due again with the next connection. */
  async flush(connection: Connection): Promise<void> {
    const told = [...this.due].map(async ([conversationId, seq]) => {
      try {
        await connection.request("conversation.delivered", { conversationId, seq });
      } catch {
        return; // a mark is good to have, and no reason to do anything else
      }
      if (this.due.get(conversationId) === seq) this.due.delete(conversationId);
    });
    await Promise.all(told);
  }
}
