import { afterEach, expect, inject, test } from "vitest";
import { WebSocket } from "ws";
import { type ImClient, MemoryStore, MemoryTokenStore, type WebSocketConstructor } from "../../src/index.js";
import { Connection } from "../../src/connection.js";
import { account, device, type Device, NodeSocket } from "./device.js";
import { Proxy } from "./proxy.js";

const system = inject("system");
const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** A device that is connected and has caught up. */
async function started(one: Device): Promise<Device> {
  stops.push(() => one.client.stop());
  await one.client.start();
  await one.until("synced", () => one.syncs > 0);
  return one;
}

/** A group of one user to write into, as another device of the same user. */
async function groupOf(client: ImClient): Promise<string> {
  const { groupId } = await client.api.createGroup({ name: "alone" });
  return `g:${groupId}`;
}

/** Writes many messages as fast as one connection takes them. */
async function flood(client: ImClient, conversationId: string, count: number): Promise<void> {
  const { ticket } = await client.api.createTicket();
  const { connection } = await Connection.open(NodeSocket, `${system.ws}?ticket=${ticket}`, () => undefined);
  const window = 200;
  for (let from = 0; from < count; from += window) {
    const some = Array.from({ length: Math.min(window, count - from) }, (_, i) =>
      connection.request("message.send", {
        clientMsgId: `${conversationId}-${from + i}`,
        conversationId,
        type: "text",
        content: { text: String(from + i) },
      }),
    );
    await Promise.all(some);
  }
  connection.close();
}

test("any number of missed entries is recovered in one pass", async () => {
  const { username } = await account(system);
  const writer = (await device(system, username)).client;
  const missed = [0, 1, 24, 25, 100, 101, 10_001];
  const groups = new Map<number, string>();
  for (const count of missed) groups.set(count, await groupOf(writer));
  const store = new MemoryStore();
  const tokens = new MemoryTokenStore();
  const first = await started(await device(system, username, { store, tokens }));
  for (const id of groups.values()) await first.reaches(id, 1);
  await first.client.stop();
  for (const [count, id] of groups) await flood(writer, id, count);
  const second = await started(await device(system, username, { store, tokens }));
  for (const [count, id] of groups) {
    expect(second.seqs(id), `${count} missed`).toEqual(Array.from({ length: count }, (_, i) => i + 2));
  }
  const fresh = await started(await device(system, username));
  for (const [count, id] of groups) expect(fresh.of(id)).toHaveLength(count + 1);
  const recent = await started(await device(system, username, { history: "recent" }));
  const id = groups.get(10_001) ?? "";
  expect(recent.seqs(id)).toEqual(Array.from({ length: 20 }, (_, i) => 9983 + i));
  const timeline = await recent.client.timeline(id, 10);
  for (let more = true, pages = 0; more && pages < 3; pages++) more = await timeline.older(100);
  expect(timeline.messages.map(m => m.seq)).toEqual(Array.from({ length: 220 }, (_, i) => 9783 + i));
});

test("a lost last push is found within a heartbeat", async () => {
  let losing = false;
  class Losing extends WebSocket {
    override emit(event: string, ...args: unknown[]): boolean {
      const lost = losing && event === "message" && String(args[0]).startsWith('{"type":"message"');
      return lost || super.emit(event, ...args);
    }
  }
  const { username } = await account(system);
  const writer = (await device(system, username)).client;
  const id = await groupOf(writer);
  const webSocket = Losing as unknown as WebSocketConstructor;
  const reader = await started(await device(system, username, { webSocket }));
  losing = true;
  await writer.api.sendMessage({ clientMsgId: "1", conversationId: id, type: "text", content: { text: "lost" } });
  await reader.reaches(id, 2);
  expect(reader.seqs(id)).toEqual([1, 2]);
  expect(reader.syncs, "it did not have to reconnect").toBe(1);
});

test("what is queued without a network is sent after a reload, once and in order", async () => {
  const api = await Proxy.start(system.api, () => undefined);
  const ws = await Proxy.start(system.ws, () => undefined);
  stops.push(
    () => api.stop(),
    () => ws.stop(),
  );
  const { username } = await account(system);
  const options = { baseUrl: api.url, webSocketUrl: ws.url, store: new MemoryStore(), tokens: new MemoryTokenStore() };
  const before = await device(system, username, options);
  const id = await groupOf(before.client);
  await started(before);
  await before.reaches(id, 1);
  api.away();
  ws.away();
  for (const text of ["a", "b", "c"]) await before.client.send({ conversationId: id, type: "text", content: { text } });
  expect(before.client.outgoing).toHaveLength(3);
  await before.client.stop();
  const after = await device(system, username, options);
  stops.push(() => after.client.stop());
  await after.client.start();
  expect(after.client.outgoing.map(item => item.request.content["text"])).toEqual(["a", "b", "c"]);
  api.heal();
  ws.heal();
  await after.until("all is sent", () => after.client.outgoing.length === 0);
  await after.reaches(id, 4);
  expect(after.of(id).map(entry => entry.content["text"])).toEqual(["a", "b", "c"]);
});

test("changes, deletions and settings reach the other devices of the user", async () => {
  const { username } = await account(system);
  const [one, two] = [await started(await device(system, username)), await started(await device(system, username))];
  const id = await groupOf(one.client);
  for (const text of ["first", "second", "third"]) {
    await (
      await one.client.send({ conversationId: id, type: "text", content: { text } })
    ).answer;
  }
  await two.reaches(id, 4);
  const timeline = await two.client.timeline(id);
  await one.client.api.editMessage({ id, seq: 2, content: { text: "edited" } });
  await one.client.api.addReaction({ id, seq: 2, emoji: "👍" });
  await one.client.api.recallMessage({ id, seq: 3 });
  await one.client.api.pinMessage({ id, seq: 2 });
  await two.reaches(id, 8);
  expect(timeline.message(2)).toMatchObject({
    content: { text: "edited" },
    pinned: true,
    reactions: [{ emoji: "👍", count: 1, mine: true }],
  });
  expect(timeline.message(3)?.content).toEqual({});
  await one.client.deleteMessages(id, [4]);
  await two.until("a deletion comes", () => timeline.message(4) === undefined);
  await one.client.updateConversation({ id, pinned: true, draft: "not yet" });
  await two.until("settings come", () => two.client.conversations.some(c => c.pinned && c.draft === "not yet"));
  await one.client.clearConversation(id);
  await two.until("a clear comes", () => timeline.messages.length === 0);
  expect(await two.client.entries(id, { limit: 100 })).toEqual([]);
});

test("a revoked session ends the device and its waiting messages, and expired tokens do not", async () => {
  const { username } = await account(system);
  const other = (await device(system, username)).client;
  const one = await started(await device(system, username));
  let reason = "";
  one.client.on("ended", data => (reason = data.reason));
  const sessionId = one.client.session.current?.sessionId ?? "";
  await other.api.revokeSession({ sessionId });
  await one.until("the end", () => reason !== "");
  expect(reason).toBe("revoked");
  expect(one.client.state).toBe("ended");
  expect(one.client.session.current).toBeUndefined();
  await expect(one.client.api.getProfile()).rejects.toThrow("signed-out");
});
