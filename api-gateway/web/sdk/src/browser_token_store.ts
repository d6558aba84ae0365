import { answer, committed, openDatabase } from "./idb.js";
import { randomId, type SavedSession, type TokenStore } from "./tokens.js";

/** What is kept of a session: who, and the rest encrypted, or plain where the page has no WebCrypto. */
interface Sealed {
  readonly iv?: Uint8Array<ArrayBuffer>;
  readonly text: ArrayBuffer | string;
}

/**
 * Keeps the session of a browser in IndexedDB, encrypted with a key of WebCrypto that no script can export: a copy of the
 * profile's files, a backup or a dump of the storage has no usable refresh token. It is no wall against a script that runs in the
 * page, which could ask the store as the application does; that is the business of the Content-Security-Policy. A page that
 * does not come over https (or from localhost) has no WebCrypto: there the session is kept as it is.
 */
export class BrowserTokenStore implements TokenStore {
  private db: Promise<IDBDatabase> | undefined;

  /** @param name of the database: accounts that are used beside each other need one each. */
  constructor(private readonly name = "im-session") {}

  async load(): Promise<SavedSession | undefined> {
    const sealed = (await this.get("session")) as Sealed | undefined;
    if (sealed === undefined) return undefined;
    if (typeof sealed.text === "string") return JSON.parse(sealed.text) as SavedSession;
    const key = (await this.get("key")) as CryptoKey | undefined;
    if (key === undefined || sealed.iv === undefined) return undefined;
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv }, key, sealed.text);
    return JSON.parse(new TextDecoder().decode(plain)) as SavedSession;
  }

  async save(session: SavedSession): Promise<void> {
    const text = JSON.stringify(session);
    const subtle = (crypto as Partial<Crypto>).subtle;
    if (subtle === undefined) {
      await this.put({ session: { text } });
      return;
    }
    const key = await this.key(subtle);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed: Sealed = {
      iv,
      text: await subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(text)),
    };
    await this.put({ session: sealed });
  }

  async clear(): Promise<void> {
    const transaction = (await this.database()).transaction("kept", "readwrite");
    transaction.objectStore("kept").delete("session");
    await committed(transaction);
  }

  /** Two tabs that make one at once agree: the first that is kept stays. */
  deviceId(): Promise<string> {
    return this.keepFirst("device", randomId());
  }

  private async key(subtle: SubtleCrypto): Promise<CryptoKey> {
    const kept = (await this.get("key")) as CryptoKey | undefined;
    return (
      kept ??
      this.keepFirst("key", await subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]))
    );
  }

  private async get(name: string): Promise<unknown> {
    return answer((await this.database()).transaction("kept").objectStore("kept").get(name) as IDBRequest<unknown>);
  }

  private async put(values: Record<string, unknown>): Promise<void> {
    const transaction = (await this.database()).transaction("kept", "readwrite");
    for (const [name, value] of Object.entries(values)) transaction.objectStore("kept").put(value, name);
    await committed(transaction);
  }

  /** Keeps a value unless there is one, and answers what is kept. */
  private async keepFirst<T>(name: string, value: T): Promise<T> {
    const transaction = (await this.database()).transaction("kept", "readwrite");
    const store = transaction.objectStore("kept");
    const request = store.get(name) as IDBRequest<T | undefined>;
    let kept = value;
    request.onsuccess = () => {
      if (request.result === undefined) store.put(value, name);
      else kept = request.result;
    };
    await committed(transaction);
    return kept;
  }

  private database(): Promise<IDBDatabase> {
    this.db ??= openDatabase(this.name, 1, db => db.createObjectStore("kept"));
    return this.db;
  }
}
