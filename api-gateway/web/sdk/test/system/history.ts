import { expect } from "vitest";
import type { Message, SendAnswer } from "../../src/index.js";
import type { Device } from "./device.js";

/** A message that a device has queued, and its answer once there is one. */
export interface Sending {
  readonly device: string;
  readonly conversationId: string;
  readonly text: string;
  answer?: SendAnswer;
}

/** What an entry says, for comparing: everything that does not depend on who reads it and when. */
function essence(entry: Message): string {
  return JSON.stringify([entry.messageId, entry.senderId, entry.type, entry.content, entry.createdAt]);
}

/**
 * Holds what devices were given against what was acknowledged: nothing is missing (I1), nothing comes twice (I2), all saw the
 * same in the same order (I3), there is no hole (I4), and what one device sent to one conversation kept its order (I6).
 */
export function checkHistories(
  sent: readonly Sending[],
  devices: readonly Device[],
  conversationIds: readonly string[],
): void {
  for (const id of conversationIds) {
    const reference = devices.find(device => device.of(id).length > 0)?.of(id) ?? [];
    const max = reference.at(-1)?.seq ?? 0;
    const places = new Map(reference.map(entry => [entry.seq, essence(entry)]));
    for (const device of devices) {
      expect(device.seqs(id), `${id}: every seq once and in order`).toEqual(
        Array.from({ length: max }, (_, i) => i + 1),
      );
      for (const entry of device.of(id)) expect(essence(entry), `${id} ${entry.seq}`).toBe(places.get(entry.seq));
    }
    const texts = reference.filter(entry => entry.type === "text").map(entry => String(entry.content["text"]));
    expect(new Set(texts).size, `${id}: no text at two seqs`).toBe(texts.length);
    const here = sent.filter(sending => sending.conversationId === id);
    for (const { text, answer } of here) {
      expect(answer, `${text} has an answer`).toBeDefined();
      const entry = reference.find(candidate => candidate.seq === answer?.seq);
      expect(entry?.content["text"], `${id} ${String(answer?.seq)}`).toBe(text);
    }
    for (const name of new Set(here.map(sending => sending.device))) {
      const seqs = here.filter(sending => sending.device === name).map(sending => sending.answer?.seq ?? 0);
      expect(seqs, `${name}: the order of sending`).toEqual([...seqs].sort((a, b) => a - b));
    }
  }
}

/** Holds the conversations of devices of one user against those of the server (I18). */
export async function checkConverged(devices: readonly Device[]): Promise<void> {
  const first = devices[0];
  if (first === undefined) return;
  const { items } = await first.client.api.listConversations({ limit: 200 });
  for (const device of devices) {
    const held = new Map(device.client.conversations.map(c => [c.conversationId, c]));
    for (const server of items) {
      // The version also counts what the device has by other news, as read positions.
      const { lastMessage, updatedAt, version, ...rest } = server;
      const mine = held.get(server.conversationId);
      expect(mine).toMatchObject(rest);
      expect(mine?.lastMessage?.seq).toBe(lastMessage?.seq);
    }
    expect([...held.keys()].sort()).toEqual(items.map(c => c.conversationId).sort());
  }
}
