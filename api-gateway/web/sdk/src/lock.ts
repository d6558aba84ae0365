/**
 * Runs work while nobody else holds the name, and answers what it answers. Who waits comes in turn.
 */
export type Lock = <T>(name: string, work: () => Promise<T>) => Promise<T>;

const held = new Map<string, Promise<unknown>>();

/** A lock among everything in this process, or this tab. */
export const processLock: Lock = async (name, work) => {
  const before = held.get(name) ?? Promise.resolve();
  const mine = before.then(work, work);
  held.set(name, mine);
  try {
    return await mine;
  } finally {
    if (held.get(name) === mine) held.delete(name);
  }
};

/** A lock among all tabs of an origin where the browser has them, and `processLock` elsewhere. */
export const platformLock: Lock = async (name, work) => {
  // Node 20 has no navigator, and a page that does not come over https has no locks.
  const locks = (globalThis as { navigator?: { locks?: LockManager } }).navigator?.locks;
  if (locks === undefined) return processLock(name, work);
  return await locks.request<ReturnType<typeof work>>(name, work);
};
