import type { Args, CallOptions, Caller, Schemas, Shape } from "./calls.js";
import { ApiError, NetworkError, reasonOf, SessionEndedError } from "./errors.js";
import { Calls } from "./generated/calls.js";
import type { Http } from "./http.js";
import type { Lock } from "./lock.js";
import type { SavedSession, TokenStore } from "./tokens.js";

/** How often a rotation is asked for whose answer was lost. The server gives the same successor for 60 s. */
const REFRESH_TRIES = 3;

/** What a device says of itself at login; its id is the token store's. */
export type DeviceInfo = Omit<Schemas["Device"], "deviceId">;

/**
 * The session of one device: it signs in and out, keeps the tokens, and makes calls with them. Tokens that have expired are
 * replaced, by one caller at a time over all tabs that share the token store, and the call is made again.
 */
export class Session implements Caller {
  /** Every operation of the API, with this session's credential. */
  readonly api: Calls = new Calls(this);
  private saved: SavedSession | undefined;
  private readonly onEnd = new Set<() => void>();

  /** @param name tells sessions of one origin apart, for the lock. */
  constructor(
    private readonly http: Http,
    private readonly store: TokenStore,
    private readonly lock: Lock,
    private readonly name: string,
  ) {}

  /** Continues the session that was kept. It answers who is signed in, `undefined`: nobody. */
  async resume(): Promise<SavedSession | undefined> {
    this.saved = await this.store.load();
    return this.saved;
  }

  /** Who is signed in, as far as this tab knows. */
  get current(): SavedSession | undefined {
    return this.saved;
  }

  /** Creates an account and signs in. */
  async register(
    args: Omit<Args<"register">, "device"> & { device: DeviceInfo },
  ): Promise<Schemas["RegisterResponse"]> {
    const device = { ...args.device, deviceId: await this.store.deviceId() };
    return this.signedIn(await this.api.register({ ...args, device }));
  }

  /** Signs in. */
  async login(args: Omit<Args<"login">, "device"> & { device: DeviceInfo }): Promise<Schemas["LoginResponse"]> {
    const device = { ...args.device, deviceId: await this.store.deviceId() };
    return this.signedIn(await this.api.login({ ...args, device }));
  }

  private async signedIn<T extends Schemas["LoginResponse"]>(answer: T): Promise<T> {
    const { user, session, tokens } = answer;
    await this.keep({ userId: user.userId, sessionId: session.sessionId, tokens });
    return answer;
  }

  /** Ends the session, here in any case and at the server when it can be reached. */
  async logout(): Promise<void> {
    try {
      if (this.saved !== undefined) await this.api.logout();
    } catch (thrown) {
      if (
        !(thrown instanceof SessionEndedError) &&
        !(thrown instanceof NetworkError) &&
        !(thrown instanceof ApiError)
      ) {
        throw thrown;
      }
    } finally {
      await this.forget();
    }
  }

  /** Drops the tokens, as when the server says that the session has ended. */
  async forget(): Promise<void> {
    await this.store.clear();
    this.drop();
  }

  private drop(): void {
    this.saved = undefined;
    for (const tell of this.onEnd) tell();
  }

  /** Tells when the tokens are dropped. It answers how to stop that. */
  onEnded(tell: () => void): () => void {
    this.onEnd.add(tell);
    return () => this.onEnd.delete(tell);
  }

  async call<T>(shape: Shape, args: object, options?: CallOptions): Promise<T> {
    if (!shape.auth) return (await this.http.call(shape, args, undefined, options)) as T;
    const used = this.token();
    try {
      return (await this.http.call(shape, args, used, options)) as T;
    } catch (thrown) {
      if (reasonOf(thrown) !== "TOKEN_EXPIRED") throw await this.judged(thrown);
    }
    await this.refresh(used);
    try {
      return (await this.http.call(shape, args, this.token(), options)) as T;
    } catch (thrown) {
      throw await this.judged(thrown);
    }
  }

  private token(): string {
    if (this.saved === undefined) throw new SessionEndedError("signed-out");
    return this.saved.tokens.accessToken;
  }

  /** What a refusal means for the session: a revoked one has ended. */
  private async judged(thrown: unknown): Promise<unknown> {
    if (!ended(thrown)) return thrown;
    await this.forget();
    return new SessionEndedError("revoked");
  }

  /**
   * Replaces the tokens, unless another tab or caller did since the access token was used.
   *
   * @throws SessionEndedError when the session is over, NetworkError or ApiError when it is to be tried later.
   */
  private refresh(used: string): Promise<void> {
    return this.lock(`im-refresh-${this.name}`, async () => {
      const shared = await this.store.load();
      if (shared?.sessionId !== this.saved?.sessionId) {
        this.drop(); // another tab signed out, or signed somebody in: the store is theirs
        throw new SessionEndedError("signed-out");
      }
      if (shared === undefined) throw new SessionEndedError("signed-out");
      this.saved = shared;
      if (shared.tokens.accessToken !== used) return;
      const { tokens } = await this.rotate(shared.tokens.refreshToken);
      await this.keep({ ...shared, tokens });
    });
  }

  /** Rotates the refresh token, at once again when the answer was lost: soon the successor is the same. */
  private async rotate(refreshToken: string): Promise<Schemas["RefreshResponse"]> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.api.refresh({ refreshToken });
      } catch (thrown) {
        if (thrown instanceof ApiError && thrown.status === 401) {
          await this.forget();
          throw new SessionEndedError("revoked");
        }
        if (!(thrown instanceof NetworkError) || tries === REFRESH_TRIES) throw thrown;
      }
    }
  }

  /** Keeps a session, in the store first: tokens that were used and not kept would be lost with the tab. */
  private async keep(session: SavedSession): Promise<void> {
    await this.store.save(session);
    this.saved = session;
  }
}

/** Whether a refusal means that the session is over, and not that a token is too old. */
function ended(thrown: unknown): boolean {
  return (
    thrown instanceof ApiError &&
    thrown.status === 401 &&
    ["SESSION_REVOKED", "UNAUTHENTICATED"].includes(thrown.reason)
  );
}
