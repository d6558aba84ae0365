import { merged } from "./conversation.js";
import type { Conversation, Message } from "./frames.js";
import { answer, committed, openDatabase } from "./idb.js";
import {
  type Change,
  mergedPlace,
  type OutboxItem,
  type PendingRead,
  type Place,
  type Range,
  type Snapshot,
  type Store,
} from "./store.js";

const VERSION = 1;
const STORES = ["meta", "places", "conversations", "outbox", "reads", "entries"] as const;
type StoreName = (typeof STORES)[number];

/** Keeps everything in IndexedDB, for all tabs of an origin. */
export class IndexedDbStore implements Store {
  private db: Promise<IDBDatabase> | undefined;

  /** @param name of the database: accounts that are used beside each other need one each. */
  constructor(private readonly name = "im") {}

  async open(userId: string): Promise<void> {
    const db = await this.database();
    const owner = (await answer(db.transaction("meta").objectStore("meta").get("owner"))) as string | undefined;
    if (owner !== undefined && owner !== userId) await this.clear();
    const transaction = db.transaction("meta", "readwrite");
    transaction.objectStore("meta").put(userId, "owner");
    await committed(transaction);
  }

  async load(): Promise<Snapshot> {
    const transaction = (await this.database()).transaction(STORES);
    const all = <T>(name: StoreName): Promise<T[]> => answer(transaction.objectStore(name).getAll() as IDBRequest<T[]>);
    const [since, places, conversations, outbox, reads] = await Promise.all([
      answer(transaction.objectStore("meta").get("since") as IDBRequest<string | undefined>),
      all<Place>("places"),
      all<Conversation>("conversations"),
      all<OutboxItem>("outbox"),
      all<PendingRead>("reads"),
    ]);
    return { since: since ?? "", places, conversations, outbox: outbox.sort((a, b) => a.order - b.order), reads };
  }

  async commit(change: Change): Promise<void> {
    const transaction = (await this.database()).transaction(STORES, "readwrite");
    const store = (name: StoreName): IDBObjectStore => transaction.objectStore(name);
    // Requests are made at once and not awaited one by one: the transaction ends when the last one has.
    for (const entry of change.entries ?? []) store("entries").put(entry);
    if (change.forget !== undefined) forget(store("entries"), change.forget);
    for (const place of change.places ?? [])
      update<Place>(store("places"), place.conversationId, held => mergedPlace(held, place));
    for (const fresh of change.conversations ?? []) {
      update<Conversation>(store("conversations"), fresh.conversationId, held => merged(held, fresh));
    }
    if (change.since !== undefined) store("meta").put(change.since, "since");
    keepQueues(store, change);
    await committed(transaction);
  }

  async entries(conversationId: string, range: Range): Promise<Message[]> {
    const entries = (await this.database()).transaction("entries").objectStore("entries");
    const keys = IDBKeyRange.bound(
      [conversationId, range.after ?? 0],
      [conversationId, range.before ?? Infinity],
      range.after !== undefined,
      true,
    );
    if (range.after !== undefined) return answer(entries.getAll(keys, range.limit) as IDBRequest<Message[]>);
    return newest(entries.openCursor(keys, "prev"), range.limit);
  }

  async clear(): Promise<void> {
    const transaction = (await this.database()).transaction(STORES, "readwrite");
    for (const name of STORES) transaction.objectStore(name).clear();
    await committed(transaction);
  }

  async close(): Promise<void> {
    (await this.db)?.close();
    this.db = undefined;
  }

  private database(): Promise<IDBDatabase> {
    this.db ??= openDatabase(this.name, VERSION, make);
    return this.db;
  }
}

function make(db: IDBDatabase): void {
  db.createObjectStore("meta");
  for (const name of ["places", "conversations", "reads"]) db.createObjectStore(name, { keyPath: "conversationId" });
  db.createObjectStore("outbox", { keyPath: "clientMsgId" });
  db.createObjectStore("entries", { keyPath: ["conversationId", "seq"] });
}

/** Replaces a record by what is made of it, in one transaction; undefined takes it away. */
function update<T>(store: IDBObjectStore, key: string, change: (held: T | undefined) => T | undefined): void {
  const request = store.get(key) as IDBRequest<T | undefined>;
  request.onsuccess = () => {
    const next = change(request.result);
    if (next === undefined) store.delete(key);
    else store.put(next);
  };
}

/** Keeps what waits for the server. */
function keepQueues(store: (name: StoreName) => IDBObjectStore, change: Change): void {
  for (const item of change.outbox ?? []) store("outbox").put(item);
  for (const id of change.sent ?? []) store("outbox").delete(id);
  for (const read of change.reads ?? []) {
    update<PendingRead>(store("reads"), read.conversationId, held =>
      held !== undefined && held.seq > read.seq ? held : read,
    );
  }
  for (const done of change.readsDone ?? []) {
    update<PendingRead>(store("reads"), done.conversationId, held =>
      held !== undefined && held.seq > done.seq ? held : undefined,
    );
  }
}

function forget(entries: IDBObjectStore, { conversationId, seqs, below }: NonNullable<Change["forget"]>): void {
  for (const seq of seqs) entries.delete([conversationId, seq]);
  if (below > 0) entries.delete(IDBKeyRange.bound([conversationId, 0], [conversationId, below], false, true));
}

/** The newest entries of a cursor that goes backwards, ascending. */
function newest(request: IDBRequest<IDBCursorWithValue | null>, limit: number): Promise<Message[]> {
  const found: Message[] = [];
  return new Promise((resolve, reject) => {
    request.onerror = () => {
      reject(request.error ?? new Error("a cursor of IndexedDB failed"));
    };
    request.onsuccess = () => {
      const cursor = request.result;
      if (cursor === null || found.length === limit) {
        resolve(found.reverse());
        return;
      }
      found.push(cursor.value as Message);
      cursor.continue();
    };
  });
}
