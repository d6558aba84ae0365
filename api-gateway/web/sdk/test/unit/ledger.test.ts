import fc from "fast-check";
import { expect, test } from "vitest";
import { ApiError } from "../../src/errors.js";
import type { Message, SyncConversation } from "../../src/frames.js";
import { type History, Ledger } from "../../src/ledger.js";
import { MemoryStore } from "../../src/memory_store.js";
import { conversation, entry } from "./entries.js";

/** What the server knows: the entries that the user may see, whose seqs may have holes where it was no member. */
class World {
  readonly logs = new Map<string, Message[]>();
  failing = false;

  constructor(readonly page: number) {}

  log(id: string): Message[] {
    let log = this.logs.get(id);
    if (log === undefined) this.logs.set(id, (log = []));
    return log;
  }

  history(id: string, after: number): Promise<History> {
    if (this.failing) return Promise.reject(new Error("away"));
    const log = this.log(id);
    if (log.length === 0) return Promise.reject(new ApiError({ status: 404 }));
    const items = log.filter(e => e.seq > after);
    return Promise.resolve({ items: items.slice(0, this.page), hasMore: items.length > this.page });
  }

  sync(newest: number): SyncConversation[] {
    return [...this.logs].flatMap(([conversationId, log]) => {
      const [first, last] = [log[0], log.at(-1)];
      if (first === undefined || last === undefined) return [];
      const seqs = { minSeq: first.seq, maxSeq: last.seq };
      return [
        { ...conversation({ conversationId, ...seqs }), messages: log.slice(-newest), hasMore: log.length > newest },
      ];
    });
  }
}

/** A device: what it was given, and what it keeps over restarts. */
class Client {
  readonly given: Message[] = [];
  private readonly store = new MemoryStore();
  ledger = this.made();

  constructor(private readonly world: World) {}

  private made(): Ledger {
    return new Ledger(
      {
        history: (id, after) => this.world.history(id, after),
        deliver: async (entries, place) => {
          await this.store.commit({ entries, places: [place] });
          this.given.push(...entries);
        },
        move: place => this.store.commit({ places: [place] }),
      },
      false,
    );
  }

  async restart(): Promise<void> {
    this.ledger = this.made();
    this.ledger.load((await this.store.load()).places);
  }

  seqs(id: string): number[] {
    return this.given.filter(e => e.conversationId === id).map(e => e.seq);
  }
}

const ids = ["s:1:2", "g:5", "n:1"];
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("appear" as const), id: fc.constantFrom(...ids), hole: fc.nat(9) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("push" as const), which: fc.nat(), again: fc.boolean(), many: fc.nat(4) }),
  },
  fc.record({ do: fc.constantFrom("heads" as const, "fail" as const, "restart" as const) }),
  fc.record({ do: fc.constant("sync" as const), newest: fc.integer({ min: 1, max: 20 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Goes on whether or not the history could be read: what failed is found later. */
const attempt = (work: Promise<void>): Promise<void> => work.catch(() => undefined);

/** Has some of the pushes that are under way arrive, which may come again. */
async function pushOne(
  client: Client,
  inFlight: Message[],
  which: number,
  many: number,
  again: boolean,
): Promise<void> {
  const at = inFlight.length === 0 ? 0 : which % inFlight.length;
  const first = inFlight[at];
  if (first === undefined) return;
  const some = inFlight.slice(at, at + 1 + many).filter(e => e.conversationId === first.conversationId);
  await attempt(client.ledger.push(some));
  if (!again) inFlight.splice(at, 1);
}

async function play(world: World, client: Client, inFlight: Message[], s: Step): Promise<void> {
  switch (s.do) {
    case "appear": {
      const log = world.log(s.id);
      const seq = (log.at(-1)?.seq ?? 0) + (s.hole === 0 ? 4 : 1);
      log.push(entry({ conversationId: s.id, seq }));
      inFlight.push(entry({ conversationId: s.id, seq }));
      return;
    }
    case "push":
      return pushOne(client, inFlight, s.which, s.many, s.again);
    case "heads":
      for (const [id, log] of world.logs) await attempt(client.ledger.head(id, log.at(-1)?.seq ?? 0));
      return;
    case "fail":
      world.failing = !world.failing;
      return;
    case "restart":
      return client.restart();
    case "sync":
      for (const c of world.sync(s.newest)) await attempt(client.ledger.conversation(c));
  }
}

test("any loss, repeat and reorder ends in every entry once and in order", async () => {
  const runs = fc.asyncProperty(
    fc.integer({ min: 1, max: 7 }),
    fc.array(step, { maxLength: 120 }),
    async (page, steps) => {
      const world = new World(page);
      const client = new Client(world);
      const inFlight: Message[] = [];
      for (const s of steps) await play(world, client, inFlight, s);
      world.failing = false;
      for (const c of world.sync(3)) await client.ledger.conversation(c);
      for (const id of ids) expect(client.seqs(id)).toEqual(world.log(id).map(e => e.seq));
    },
  );
  await fc.assert(runs, { numRuns: 300 });
});

test("a push of a conversation without a history is given", async () => {
  const client = new Client(new World(5));
  await client.ledger.push([entry({ conversationId: "g:9", seq: 57 })]);
  expect(client.seqs("g:9")).toEqual([57]);
});

test("a history behind the push is an error, and gives what it has", async () => {
  const world = new World(5);
  world.log("g:9").push(entry({ conversationId: "g:9", seq: 1 }));
  const client = new Client(world);
  await expect(client.ledger.push([entry({ conversationId: "g:9", seq: 3 })])).rejects.toThrow(
    "ends before the push of 3",
  );
  expect(client.seqs("g:9")).toEqual([1]);
});

test("a late push of a deleted message is not given", async () => {
  const world = new World(5);
  const id = "s:1:2";
  for (const seq of [1, 4, 6]) world.log(id).push(entry({ seq })); // 2, 3 and 5 are deleted
  const client = new Client(world);
  await client.ledger.push([entry({ seq: 1 })]);
  await client.ledger.forget(id, 1, [1, 2, 3, 5]);
  for (const seq of [2, 3, 4, 5, 6]) await client.ledger.push([entry({ seq })]);
  expect(client.seqs(id)).toEqual([1, 4, 6]);
  expect(client.ledger.place(id).gone).toEqual([]);
  await client.ledger.forget(id, 9, []);
  for (const seq of [8, 9]) await client.ledger.push([entry({ seq })]);
  expect(client.seqs(id), "what was cleared is not given").toEqual([1, 4, 6, 9]);
});
