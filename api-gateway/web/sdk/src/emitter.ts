/** Tells listeners of typed events. A listener that throws keeps nobody else from being told. */
export class Emitter<E extends object> {
  private readonly listeners = new Map<keyof E, Set<(data: never) => void>>();

  /** Adds a listener and answers how to take it away. */
  on<K extends keyof E>(type: K, listener: (data: E[K]) => void): () => void {
    let set = this.listeners.get(type);
    if (set === undefined) this.listeners.set(type, (set = new Set()));
    const own = (data: E[K]): void => {
      listener(data);
    };
    set.add(own);
    return () => set.delete(own);
  }

  /** Tells of an event, at once and in the order in which the listeners came. */
  emit<K extends keyof E>(type: K, data: E[K]): void {
    for (const listener of [...(this.listeners.get(type) ?? [])]) {
      try {
        (listener as (data: E[K]) => void)(data);
      } catch (thrown) {
        // It is the application's error: it goes where uncaught ones go, and not into the work that told of the event.
        queueMicrotask(() => {
          throw thrown;
        });
      }
    }
  }
}
