import fc from "fast-check";
import { expect, test } from "vitest";
import { type Message, Transcript } from "../../src/index.js";
import { entry } from "./entries.js";

const kinds = ["text", "text", "recall", "edit", "reaction", "reaction", "pin", "system"] as const;
const change = fc.record({
  type: fc.constantFrom(...kinds),
  target: fc.nat(30),
  sender: fc.constantFrom("1", "2", "3"),
  emoji: fc.constantFrom("👍", ":a:"),
  removed: fc.boolean(),
});

/** A log of messages and of entries that change messages before them. */
const logs = fc.array(change, { maxLength: 40 }).map(list =>
  list.map((c, i): Message => {
    const seq = i + 1;
    const targetSeq = 1 + (c.target % seq);
    const base = { seq, type: c.type, senderId: c.sender };
    if (c.type === "text" || c.type === "system") return entry(base);
    if (c.type === "edit") return entry({ ...base, content: { targetSeq, content: { text: `edit ${seq}` } } });
    return entry({ ...base, content: { targetSeq, emoji: c.emoji, removed: c.removed } });
  }),
);

/** Entries as they come: the whole log in parts, in any order, some of it more than once. */
const arrivals = logs.chain(log =>
  fc.tuple(
    fc.constant(log),
    fc.shuffledSubarray(log, { minLength: log.length }),
    fc.subarray(log),
    fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
  ),
);

function replayed(batches: readonly (readonly Message[])[]): Transcript {
  const transcript = new Transcript("1");
  for (const batch of batches) transcript.apply(batch);
  return transcript;
}

test("a log shows the same in whatever parts, order and number it comes", () => {
  const same = fc.property(arrivals, ([log, shuffled, repeats, sizes]) => {
    const all = [...shuffled, ...repeats];
    const batches: Message[][] = [];
    for (let i = 0, at = 0; at < all.length; i++) {
      const size = sizes[i % sizes.length] ?? 1;
      batches.push(all.slice(at, at + size));
      at += size;
    }
    expect(replayed(batches).messages).toEqual(replayed([log]).messages);
  });
  fc.assert(same, { numRuns: 500 });
});

test("a message that came with its changes ends like one that was there all along", () => {
  const after = fc.property(logs, fc.nat(), (log, at) => {
    const whole = replayed([log]);
    const seen = replayed([log.slice(0, at % (log.length + 1))]);
    // What a history answers: messages as they are at that time, and the entries that made them so.
    const history = seen.messages.map(({ pinned, ...message }) => message);
    const late = replayed([history, log.filter(e => seen.message(e.seq) === undefined)]);
    expect(late.messages).toEqual(whole.messages);
  });
  fc.assert(after, { numRuns: 500 });
});

test("a recalled message keeps its place and nothing else, whatever comes after", () => {
  const transcript = replayed([
    [
      entry({ seq: 1, mentions: ["1"] }),
      entry({ seq: 2, type: "reaction", content: { targetSeq: 1, emoji: "👍", removed: false } }),
      entry({ seq: 3, type: "pin", content: { targetSeq: 1, removed: false } }),
      entry({ seq: 4, type: "recall", content: { targetSeq: 1 } }),
      entry({ seq: 5, type: "edit", content: { targetSeq: 1, content: { text: "back" } } }),
    ],
  ]);
  const shown = transcript.message(1);
  expect(shown).toMatchObject({ content: {}, recalledAt: 40, pinned: false });
  expect(shown).not.toHaveProperty("mentions");
  expect(shown).not.toHaveProperty("reactions");
});

test("reactions count, know mine, and go when the last is taken back", () => {
  const react = (seq: number, senderId: string, removed = false): Message =>
    entry({ seq, senderId, type: "reaction", content: { targetSeq: 1, emoji: "👍", removed } });
  const transcript = replayed([[entry({ seq: 1 }), react(2, "1"), react(3, "2")]]);
  expect(transcript.message(1)?.reactions).toEqual([{ emoji: "👍", count: 2, mine: true }]);
  transcript.apply([react(4, "1", true)]);
  expect(transcript.message(1)?.reactions).toEqual([{ emoji: "👍", count: 1, mine: false }]);
  transcript.apply([react(5, "2", true)]);
  expect(transcript.message(1)?.reactions).toEqual([]);
});

test("what the user deleted is gone, also when it comes again", () => {
  const log = [1, 2, 3, 4].map(seq => entry({ seq }));
  const transcript = replayed([log]);
  transcript.forget([3], 2);
  transcript.apply(log);
  expect(transcript.messages.map(m => m.seq)).toEqual([2, 4]);
});
