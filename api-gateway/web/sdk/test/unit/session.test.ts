import { expect, test } from "vitest";
import { Http } from "../../src/http.js";
import { MemoryTokenStore, processLock, Session } from "../../src/index.js";

/** An auth service in memory: tokens are used once, and an answer may get lost. */
class Auth {
  valid = "access-0";
  refreshes = 0;
  lost = 0;
  revoked = false;
  private used = "";

  fetch: typeof fetch = async (url, init) => {
    await Promise.resolve();
    const path = (url as string).replace("http://test", "");
    if (path === "/v1/auth/refresh") return this.refresh(JSON.parse(init?.body as string) as { refreshToken: string });
    const token = new Headers(init?.headers).get("Authorization");
    if (this.revoked) return refusal(401, "SESSION_REVOKED");
    return token === `Bearer ${this.valid}` ? new Response(JSON.stringify({ path })) : refusal(401, "TOKEN_EXPIRED");
  };

  private refresh({ refreshToken }: { refreshToken: string }): Response {
    if (refreshToken !== `refresh-${this.refreshes}` && refreshToken !== this.used) {
      return refusal(401, "REFRESH_TOKEN_REUSED");
    }
    if (refreshToken !== this.used) {
      this.used = refreshToken;
      this.refreshes++;
      this.valid = `access-${this.refreshes}`;
    }
    if (this.lost-- > 0) throw new TypeError("the connection broke");
    const tokens = {
      accessToken: this.valid,
      accessExpiresAt: 1,
      refreshToken: `refresh-${this.refreshes}`,
      refreshExpiresAt: 2,
    };
    return new Response(JSON.stringify({ tokens }));
  }
}

function refusal(status: number, reason: string): Response {
  return new Response(JSON.stringify({ reason, detail: "" }), { status });
}

/** Tabs of one browser, signed in with a token that has expired. */
async function tabs(auth: Auth, count: number): Promise<{ store: MemoryTokenStore; sessions: Session[] }> {
  const store = new MemoryTokenStore();
  const tokens = { accessToken: "access-old", accessExpiresAt: 1, refreshToken: "refresh-0", refreshExpiresAt: 2 };
  await store.save({ userId: "1", sessionId: "1", tokens });
  const sessions = Array.from(
    { length: count },
    () => new Session(new Http("http://test", auth.fetch), store, processLock, "t"),
  );
  for (const session of sessions) await session.resume();
  return { store, sessions };
}

test("however many tabs and calls find the token expired, it is refreshed once", async () => {
  const auth = new Auth();
  const { store, sessions } = await tabs(auth, 3);
  const calls = sessions.flatMap(({ api }) => [api.getProfile(), api.listFriends(), api.listGroups()]);
  expect(await Promise.all(calls)).toHaveLength(9);
  expect(auth.refreshes).toBe(1);
  expect((await store.load())?.tokens.refreshToken).toBe("refresh-1");
});

test("a rotation whose answer was lost is asked for again", async () => {
  const auth = new Auth();
  auth.lost = 2;
  const { sessions } = await tabs(auth, 1);
  await sessions[0]?.api.getProfile();
  expect(auth.refreshes).toBe(1);
});

test("a session that is over is forgotten, and calls say so", async () => {
  const auth = new Auth();
  const { store, sessions } = await tabs(auth, 1);
  const [session] = sessions;
  await session?.api.getProfile();
  auth.revoked = true;
  await expect(session?.api.getProfile()).rejects.toMatchObject({ name: "SessionEndedError", reason: "revoked" });
  expect(await store.load()).toBeUndefined();
  await expect(session?.api.getProfile()).rejects.toMatchObject({ reason: "signed-out" });
});

test("a tab does not touch the session that another one has signed in", async () => {
  const auth = new Auth();
  const { store, sessions } = await tabs(auth, 1);
  const other = {
    userId: "2",
    sessionId: "9",
    tokens: { accessToken: "x", accessExpiresAt: 1, refreshToken: "y", refreshExpiresAt: 2 },
  };
  await store.save(other);
  await expect(sessions[0]?.api.getProfile()).rejects.toMatchObject({ reason: "signed-out" });
  expect(await store.load()).toEqual(other);
  expect(auth.refreshes).toBe(0);
});

test("arguments go where the operation has them", async () => {
  const seen: string[] = [];
  const fetcher: typeof fetch = (url, init) => {
    seen.push(`${init?.method ?? ""} ${url as string} ${(init?.body as string | undefined) ?? ""}`);
    return Promise.resolve(new Response(null, { status: 204 }));
  };
  const store = new MemoryTokenStore();
  await store.save({
    userId: "1",
    sessionId: "1",
    tokens: { accessToken: "a", accessExpiresAt: 1, refreshToken: "r", refreshExpiresAt: 2 },
  });
  const session = new Session(new Http("http://test/", fetcher), store, processLock, "t");
  await session.resume();
  await session.api.addReaction({ id: "s:1:2", seq: 7, emoji: "👍" });
  await session.api.listMessages({ id: "g:5", afterSeq: 0, limit: 10 });
  await session.api.markRead({ id: "g:5", seq: 3 });
  expect(seen).toEqual([
    "PUT http://test/v1/conversations/s%3A1%3A2/messages/7/reactions/%F0%9F%91%8D ",
    "GET http://test/v1/conversations/g%3A5/messages?afterSeq=0&limit=10 ",
    'POST http://test/v1/conversations/g%3A5/read {"seq":3}',
  ]);
});
