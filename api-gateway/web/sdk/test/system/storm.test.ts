import { afterAll, expect, inject, test } from "vitest";
import { type ImClient, singleId } from "../../src/index.js";
import { seeded } from "../random.js";
import { account, befriend, device, type Device } from "./device.js";
import { checkConverged, checkHistories, type Sending } from "./history.js";
import { Proxy } from "./proxy.js";

const system = inject("system");
const random = seeded("storm");
const stops: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

/** A proxy that lets each connection carry a random number of bytes, down to a few of the handshake. */
async function cutting(target: string): Promise<Proxy> {
  const proxy = await Proxy.start(target, () => random.int(20, random.pick([600, 5_000, 40_000])));
  stops.push(() => proxy.stop());
  return proxy;
}

/** A user with two devices, and the conversations that it is in. */
interface Person {
  readonly userId: string;
  /** Calls past the cuts. */
  readonly api: ImClient;
  readonly devices: readonly Device[];
  readonly conversationIds: string[];
}

async function person(api: Proxy, ws: Proxy): Promise<Person> {
  const { userId, username } = await account(system);
  const options = { baseUrl: api.url, webSocketUrl: ws.url };
  const devices = [await device(system, username, options), await device(system, username, options)];
  stops.push(async () => {
    for (const one of devices) await one.client.stop();
  });
  return { userId, api: (await device(system, username)).client, devices, conversationIds: [] };
}

/** Three people: a group of the first two, and two pairs of friends. */
async function meet(people: readonly Person[]): Promise<void> {
  const [a, b, c] = people;
  if (a === undefined || b === undefined || c === undefined) throw new Error("three people are needed");
  for (const [one, other] of [
    [a, b],
    [b, c],
  ] as const) {
    await befriend(one.api, other.api);
    for (const who of [one, other]) who.conversationIds.push(singleId(one.userId, other.userId));
  }
  const group = await a.api.api.createGroup({ name: "storm", memberIds: [b.userId] });
  for (const who of [a, b]) who.conversationIds.push(`g:${group.groupId}`);
}

/** Sends messages from random devices to random conversations, and reads now and then. */
async function chat(people: readonly Person[], count: number): Promise<Sending[]> {
  const sent: Sending[] = [];
  const answers: Promise<void>[] = [];
  for (let n = 0; n < count; n++) {
    const who = random.pick(people);
    const which = random.int(0, 1);
    const conversationId = random.pick(who.conversationIds);
    const one = who.devices[which];
    if (one === undefined) throw new Error("two devices are needed");
    const sending: Sending = { device: `${who.userId}/${which}`, conversationId, text: `message ${n}` };
    sent.push(sending);
    const { answer } = await one.client.send({ conversationId, type: "text", content: { text: sending.text } });
    answers.push(
      answer.then(got => {
        sending.answer = got;
      }),
    );
    if (random.int(0, 9) === 0) await one.client.markRead(conversationId, one.seqs(conversationId).at(-1) ?? 0);
    if (random.int(0, 3) === 0) await random.pick(answers);
  }
  await Promise.all(answers);
  return sent;
}

/** Reads everything to its end on one device and waits until each of the others has heard of it. */
async function readAll(devices: readonly Device[]): Promise<void> {
  for (const { conversationId, maxSeq } of devices[0]?.client.conversations ?? []) {
    await devices[0]?.client.markRead(conversationId, maxSeq);
    const isRead = (one: Device) => () =>
      one.client.conversations.some(c => c.conversationId === conversationId && c.readSeq >= maxSeq && c.unread === 0);
    for (const one of devices) await one.until(`${conversationId} is read`, isRead(one));
  }
}

test("devices under random cuts lose, repeat and reorder nothing, and end alike", async () => {
  const [api, ws] = [await cutting(system.api), await cutting(system.ws)];
  const people = [await person(api, ws), await person(api, ws), await person(api, ws)];
  await meet(people);
  const all = people.flatMap(who => who.devices);
  for (const one of all) await one.client.start();

  const sent = await chat(people, 300);
  expect(api.cuts + ws.cuts, "connections were cut").toBeGreaterThan(20);
  api.heal();
  ws.heal();

  for (const id of new Set(sent.map(sending => sending.conversationId))) {
    const max = Math.max(...sent.filter(s => s.conversationId === id).map(s => s.answer?.seq ?? 0));
    const members = people.filter(who => who.conversationIds.includes(id)).flatMap(who => who.devices);
    for (const one of members) await one.reaches(id, max);
    checkHistories(sent, members, [id]);
  }
  for (const who of people) {
    await readAll(who.devices);
    await checkConverged(who.devices);
  }
});
