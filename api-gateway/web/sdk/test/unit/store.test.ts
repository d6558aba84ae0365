import "fake-indexeddb/auto";
import { beforeEach, describe, expect, test } from "vitest";
import {
  BrowserTokenStore,
  IndexedDbStore,
  MemoryStore,
  MemoryTokenStore,
  type OutboxItem,
  type Store,
} from "../../src/index.js";
import { conversation, entry } from "./entries.js";

let count = 0;
const made = { memory: () => new MemoryStore(), indexeddb: () => new IndexedDbStore(`store-${++count}`) };

function outgoing(clientMsgId: string, order: number): OutboxItem {
  const request = { clientMsgId, conversationId: "s:1:2", type: "text", content: { text: clientMsgId } };
  return { clientMsgId, order, conversationId: "s:1:2", request, createdAt: 1 };
}

describe.each(Object.entries(made))("a store in %s", (_, make) => {
  let store: Store;
  beforeEach(async () => {
    store = make();
    await store.open("1");
  });

  test("has nothing at first", async () => {
    const empty = { since: "", places: [], conversations: [], outbox: [], reads: [] };
    expect(await store.load()).toEqual(empty);
  });

  test("answers entries ascending, the newest before a seq or the oldest after one", async () => {
    await store.commit({ entries: [5, 3, 1, 2, 4].map(seq => entry({ seq })) });
    await store.commit({ entries: [entry({ seq: 1, conversationId: "s:1:20" })] });
    const seqs = async (range: { before?: number; after?: number; limit: number }): Promise<number[]> =>
      (await store.entries("s:1:2", range)).map(e => e.seq);
    expect(await seqs({ limit: 2 })).toEqual([4, 5]);
    expect(await seqs({ before: 4, limit: 2 })).toEqual([2, 3]);
    expect(await seqs({ after: 2, limit: 2 })).toEqual([3, 4]);
    expect(await seqs({ after: 1, before: 4, limit: 9 })).toEqual([2, 3]);
    await store.commit({ forget: { conversationId: "s:1:2", seqs: [4], below: 3 } });
    expect(await seqs({ limit: 9 })).toEqual([3, 5]);
    expect(await store.entries("s:1:20", { limit: 9 })).toHaveLength(1);
  });

  test("moves positions forward and floors back only, whoever writes last", async () => {
    const place = { conversationId: "s:1:2", position: 7, floor: 3, gone: [9] };
    await store.commit({ places: [place] });
    await store.commit({ places: [{ ...place, position: 5, floor: 1, gone: [6, 8] }] });
    expect((await store.load()).places).toEqual([{ ...place, position: 7, floor: 1, gone: [8] }]);
    await store.commit({ conversations: [conversation({ maxSeq: 9, readSeq: 8, version: 3, draft: "x" })] });
    await store.commit({ conversations: [conversation({ maxSeq: 7, readSeq: 7, version: 2 })] });
    expect((await store.load()).conversations).toMatchObject([{ maxSeq: 9, readSeq: 8, draft: "x" }]);
  });

  test("keeps the outbox in the order of the queue until each message is sent", async () => {
    await store.commit({
      outbox: [outgoing("b", 2), outgoing("a", 1)],
      since: "t",
      reads: [{ conversationId: "s:1:2", seq: 4 }],
    });
    await store.commit({ outbox: [outgoing("c", 3)], reads: [{ conversationId: "s:1:2", seq: 2 }] });
    await store.commit({ sent: ["b"], readsDone: [{ conversationId: "s:1:2", seq: 3 }] });
    const { outbox, since, reads } = await store.load();
    expect(outbox.map(item => item.clientMsgId)).toEqual(["a", "c"]);
    expect(since).toBe("t");
    expect(reads, "a lower answer does not take a higher read away").toEqual([{ conversationId: "s:1:2", seq: 4 }]);
    await store.commit({ readsDone: [{ conversationId: "s:1:2", seq: 4 }] });
    expect((await store.load()).reads).toEqual([]);
  });

  test("keeps nothing of one user for another", async () => {
    await store.commit({ entries: [entry({ seq: 1 })], since: "t" });
    await store.open("1");
    expect((await store.load()).since).toBe("t");
    await store.open("2");
    expect((await store.load()).since).toBe("");
    expect(await store.entries("s:1:2", { limit: 9 })).toEqual([]);
    await store.close();
  });
});

const tokens = { accessToken: "a", accessExpiresAt: 1, refreshToken: "secret refresh", refreshExpiresAt: 2 };
const session = { userId: "1", sessionId: "2", tokens };

test.each([
  ["memory", new MemoryTokenStore()],
  ["a browser", new BrowserTokenStore()],
])("a token store in %s keeps a session until it is cleared, and the device for good", async (_, store) => {
  expect(await store.load()).toBeUndefined();
  const device = await store.deviceId();
  await store.save(session);
  expect(await store.load()).toEqual(session);
  await store.clear();
  expect(await store.load()).toBeUndefined();
  expect(await store.deviceId()).toBe(device);
});

test("tabs share a session, and what lies in the browser's database does not show the tokens", async () => {
  await new BrowserTokenStore("shared").save(session);
  expect(await new BrowserTokenStore("shared").load()).toEqual(session);
  const opened = indexedDB.open("shared", 1);
  const kept = await new Promise<unknown[]>(resolve => {
    opened.onsuccess = () => {
      const request = opened.result.transaction("kept").objectStore("kept").getAll();
      request.onsuccess = () => {
        resolve(request.result);
      };
    };
  });
  const text = (value: unknown): string =>
    value instanceof ArrayBuffer ? new TextDecoder("latin1").decode(value) : typeof value === "string" ? value : "";
  const all = kept.flatMap((value): unknown[] => [value, ...(Object.values(value as object) as unknown[])]).map(text);
  expect(all.join()).not.toContain("secret");
  for (const key of kept.filter(value => value instanceof CryptoKey)) {
    await expect(crypto.subtle.exportKey("raw", key)).rejects.toThrow();
  }
});
