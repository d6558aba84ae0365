/** Runs work one after the other, in the order in which it was given. */
export class Serial {
  private last: Promise<unknown> = Promise.resolve();

  /** Runs work when all before it has ended, and answers what it answers. What fails keeps nothing behind it from running. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.last.then(work);
    this.last = mine.catch(() => undefined);
    return mine;
  }
}
