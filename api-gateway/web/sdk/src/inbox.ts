import type { Event, Message } from "./frames.js";

/** How many events may wait to be worked on; more means that the device is slower than its conversations. */
const MAX_WAITING = 20_000;

/** What is taken from an Inbox at once: one event, or entries of one conversation that came after each other. */
export type Delivery =
  | { readonly kind: "entries"; readonly entries: readonly Message[] }
  | { readonly kind: "event"; readonly event: Event };

/** Holds the events of one connection until they are worked on, in order. */
export class Inbox {
  private events: Event[] = [];
  private next = 0;

  /** Adds an event. It answers false when too many wait: then the connection is to be given up, as a sync finds them all. */
  put(event: Event): boolean {
    this.events.push(event);
    return this.events.length - this.next <= MAX_WAITING;
  }

  /** Takes what has come first; undefined when nothing waits. */
  take(): Delivery | undefined {
    const event = this.events[this.next];
    if (event === undefined) {
      this.events = [];
      this.next = 0;
      return undefined;
    }
    this.next++;
    if (event.type !== "message") return { kind: "event", event };
    const entries = [event.data];
    for (;;) {
      const more = this.events[this.next];
      if (more?.type !== "message" || more.data.conversationId !== event.data.conversationId) break;
      entries.push(more.data);
      this.next++;
    }
    return { kind: "entries", entries };
  }
}
