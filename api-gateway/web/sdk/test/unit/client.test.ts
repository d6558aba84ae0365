import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type ClientEvents, ImClient, MemoryStore, MemoryTokenStore } from "../../src/index.js";
import { FakeServer } from "./fake_server.js";

const tokens = { accessToken: "a", accessExpiresAt: 1, refreshToken: "r", refreshExpiresAt: 2 };
let server: FakeServer;
let client: ImClient;
let states: ClientEvents["connection"][];
let ended: string[];

async function made(store = new MemoryStore()): Promise<ImClient> {
  const kept = new MemoryTokenStore();
  await kept.save({ userId: "1", sessionId: "1", tokens });
  const made = new ImClient({
    baseUrl: "http://test",
    webSocket: server.type,
    fetch: server.fetch,
    tokens: kept,
    store,
  });
  made.on("connection", change => states.push(change));
  made.on("ended", ({ reason }) => ended.push(reason));
  return made;
}

beforeEach(async () => {
  vi.useFakeTimers();
  [server, states, ended] = [new FakeServer(), [], []];
  client = await made();
});

afterEach(async () => {
  await client.stop();
  vi.useRealTimers();
});

/** Lets everything happen that needs no time, or some of it. */
const pass = async (ms = 0): Promise<void> => {
  await vi.advanceTimersByTimeAsync(ms);
};

async function online(): Promise<void> {
  await client.start();
  await pass();
  expect(client.state).toBe("online");
}

test.each([1001, 1006, 4001, 4002])("after %d a client comes back with a growing delay", async code => {
  await online();
  server.socket.end(code);
  await pass();
  expect(client.state).toBe("waiting");
  await pass(124); // half of the first delay is not chance
  expect(server.sockets).toHaveLength(1);
  await pass(200);
  expect(server.sockets).toHaveLength(2);
  expect(client.state).toBe("online");
});

test("after 4003 it comes back, but not soon", async () => {
  await online();
  server.socket.end(4003);
  await pass(9_900);
  expect(server.sockets).toHaveLength(1);
  await pass(11_000);
  expect(client.state).toBe("online");
});

test.each([
  [4501, "revoked", false],
  [4502, "replaced", false],
  [4503, "malformed", true],
])("after %d it stays away: %s", async (code, reason, keepsSession) => {
  await online();
  server.socket.push("kicked", { reason: "x" });
  server.socket.end(code);
  await pass(600_000);
  expect(server.sockets).toHaveLength(1);
  expect([client.state, ended]).toEqual(["ended", [reason]]);
  expect(client.session.current !== undefined).toBe(keepsSession);
});

test("a goaway's delay is kept, whoever closes first", async () => {
  await online();
  server.socket.push("goaway", { reconnectAfterMs: 5_000 });
  await pass(4_900);
  expect(client.state, "the gateway keeps the connection until then").toBe("online");
  await pass(200);
  expect(server.sockets).toHaveLength(2);
  server.socket.push("goaway", { reconnectAfterMs: 5_000 });
  server.socket.end(1001);
  await pass(4_900);
  expect(server.sockets).toHaveLength(2);
  await pass(200);
  expect(server.sockets).toHaveLength(3);
});

test("a refusal says when to come back, to the millisecond", async () => {
  server.refusals.push({ status: 503, body: { reason: "UNAVAILABLE", retryAfterMs: 7_000 } });
  await client.start();
  await pass(6_990);
  expect(server.sockets).toHaveLength(0);
  await pass(20);
  expect(client.state).toBe("online");
});

test("a silent connection is given up after two heartbeats", async () => {
  server.heartbeatMs = 30_000;
  await online();
  server.onRequest = () => undefined; // the peer is gone, and nobody says so
  await pass(64_000);
  expect(server.sockets).toHaveLength(1);
  await pass(30_000);
  expect(server.sockets.length).toBeGreaterThan(1);
});

test("a device that slept finds out at once that its connection is gone", async () => {
  server.heartbeatMs = 30_000;
  await online();
  const answers = server.onRequest.bind(server);
  const gone = server.socket;
  server.onRequest = (socket, request) => {
    if (socket !== gone) answers(socket, request);
  };
  await pass(10);
  client.wake();
  await pass(5_400);
  expect(server.sockets).toHaveLength(2);
  expect(client.state).toBe("online");
});

test("a message is sent with the same id until it has an answer, and one conversation's one after the other", async () => {
  await online();
  let tries = 0;
  server.answer = (socket, { id, data }) => {
    tries++;
    if (tries === 1) socket.error(id, { reason: "UNAVAILABLE", message: "", retryable: true, retryAfterMs: 0 });
    else if (tries === 2) socket.end(1006);
    else socket.ok(id, { messageId: "1", conversationId: data["conversationId"], seq: tries, serverTime: 1 });
  };
  const say = (text: string) => client.send({ conversationId: "g:1", type: "text", content: { text } });
  const [one, two] = [await say("one"), await say("two")];
  await pass(2_000);
  expect(await one.answer).toMatchObject({ seq: 3 });
  expect(await two.answer).toMatchObject({ seq: 4 });
  const ids = server.sockets
    .flatMap(s => s.requests)
    .flatMap(r => (r.type === "message.send" ? [r.data["clientMsgId"]] : []));
  expect(ids).toEqual([one.clientMsgId, one.clientMsgId, one.clientMsgId, two.clientMsgId]);
  expect(client.outgoing).toEqual([]);
});

test("a limit stops all sending for its time, slow mode only its group", async () => {
  await online();
  let message = "slow mode: wait";
  server.answer = (socket, { id, data }) => {
    const limited = { reason: "RATE_LIMITED", message, retryable: true, retryAfterMs: 30_000 };
    if (data["conversationId"] === "g:1") socket.error(id, limited);
    else socket.ok(id, { messageId: "1", conversationId: "g:2", seq: 1, serverTime: 1 });
  };
  const say = (id: string) => client.send({ conversationId: id, type: "text", content: { text: "x" } });
  await say("g:1");
  const free = await say("g:2");
  await pass();
  await expect(free.answer).resolves.toMatchObject({ seq: 1 });
  message = "too many frames";
  await pass(30_100);
  await say("g:2");
  await pass(29_000);
  expect(client.outgoing.map(item => item.conversationId)).toEqual(["g:1", "g:2"]);
  await pass(2_000);
  expect(client.outgoing.map(item => item.conversationId)).toEqual(["g:1"]);
});

test("a refused message waits for its user: it is sent again or forgotten when asked to", async () => {
  await online();
  server.answer = (socket, { id }) => {
    socket.error(id, { reason: "MUTED", message: "muted", retryable: false, retryAfterMs: 9 });
  };
  const { answer, clientMsgId } = await client.send({ groupId: "1", type: "text", content: { text: "x" } });
  await pass();
  await expect(answer).rejects.toMatchObject({ reason: "MUTED" });
  expect(client.outgoing).toMatchObject([{ conversationId: "g:1", failure: { reason: "MUTED", retryAfterMs: 9 } }]);
  expect(await client.retry(clientMsgId)).toBe(true);
  await pass();
  expect(client.outgoing[0]?.failure?.reason).toBe("MUTED");
  expect(await client.discard(clientMsgId)).toBe(true);
  expect(client.outgoing).toEqual([]);
  expect(await client.retry(clientMsgId)).toBe(false);
});

test("a message that no frame can hold is refused here and does not end the connection", async () => {
  await online();
  const { answer } = await client.send({ groupId: "1", type: "text", content: { text: "x".repeat(70_000) } });
  await pass();
  await expect(answer).rejects.toMatchObject({ reason: "PAYLOAD_TOO_LARGE" });
  expect(server.socket.requests.some(r => r.type === "message.send")).toBe(false);
});

test("frames that nobody knows are passed over", async () => {
  await online();
  for (const text of [
    "",
    "null",
    "[]",
    '{"type":5}',
    '{"type":"later","data":{}}',
    '{"id":"77","type":"ok","data":{}}',
  ]) {
    server.socket.raw(text);
  }
  server.socket.push("typing", { conversationId: "s:1:2", userId: "2" });
  await pass();
  expect(client.state).toBe("online");
});
