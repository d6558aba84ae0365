/** Growing, jittered delays: half of each is fixed, the other half is chance, so that many who lost the same server come apart. */
export class Backoff {
  private next: number;

  constructor(
    private readonly minMs: number,
    private readonly maxMs: number,
    private readonly random: () => number = Math.random,
  ) {
    this.next = minMs;
  }

  /** The next delay in milliseconds. */
  take(): number {
    const whole = this.next;
    this.next = Math.min(2 * whole, this.maxMs);
    return whole / 2 + (this.random() * whole) / 2;
  }

  /** Starts over: what was tried has succeeded. */
  reset(): void {
    this.next = this.minMs;
  }

  /** Makes the next delay the longest: the server was asked too much. */
  exhaust(): void {
    this.next = this.maxMs;
  }
}

/** Waits, and ends early, without an error, when the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise(resolve => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
