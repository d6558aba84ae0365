import type { CallOptions, Shape } from "./calls.js";
import { ApiError, errorOf, type FieldFault, NetworkError } from "./errors.js";

/** Milliseconds that one request may take; the server answers sooner. */
const REQUEST_TIMEOUT_MS = 10_000;

const RETRYABLE = new Set([429, 502, 503, 504]);

/** Makes HTTP calls of the API at one address. It knows no session. */
export class Http {
  private readonly base: string;
  private readonly fetch: typeof fetch;

  /** @param base such as https://im.example.com; empty in a page that comes from there. */
  constructor(base: string, fetcher: typeof fetch = globalThis.fetch.bind(globalThis)) {
    this.base = base.replace(/\/+$/, "");
    this.fetch = fetcher;
  }

  /**
   * Makes one call with one access token, or with none.
   *
   * @throws ApiError when the server refuses, NetworkError when there is no answer.
   */
  async call(shape: Shape, args: object, token: string | undefined, options: CallOptions = {}): Promise<unknown> {
    const { path, query, body } = place(shape, args);
    const headers: Record<string, string> = {};
    if (token !== undefined) headers["Authorization"] = `Bearer ${token}`;
    if (shape.body) headers["Content-Type"] = "application/json";
    const deadline = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    const signal = options.signal === undefined ? deadline : AbortSignal.any([deadline, options.signal]);
    const init = { method: shape.verb, headers, signal, ...(shape.body ? { body: JSON.stringify(body) } : {}) };
    try {
      const response = await this.fetch(this.base + path + query, init);
      const text = await response.text();
      if (!response.ok) throw problem(response.status, response.headers, text);
      return text === "" ? undefined : (JSON.parse(text) as unknown);
    } catch (thrown) {
      if (thrown instanceof ApiError) throw thrown;
      throw new NetworkError(`${shape.verb} ${shape.path}: ${errorOf(thrown).message}`, { cause: thrown });
    }
  }
}

/** Puts arguments where they belong. */
function place(shape: Shape, args: object): { path: string; query: string; body: Record<string, unknown> } {
  const rest = new Map<string, unknown>(Object.entries(args));
  const take = (name: string): string => {
    const value = rest.get(name);
    rest.delete(name);
    return Array.isArray(value) ? value.join(",") : String(value);
  };
  const path = shape.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(take(name)));
  const query = new URLSearchParams();
  for (const name of shape.query) {
    if (rest.get(name) !== undefined) query.set(name, take(name));
  }
  const text = query.toString();
  return { path, query: text === "" ? "" : `?${text}`, body: Object.fromEntries(rest) };
}

interface Problem {
  readonly reason?: string;
  readonly detail?: string;
  readonly retryAfterMs?: number;
  readonly fields?: readonly FieldFault[];
}

/**
 * Makes an error of a refusal. `retryAfterMs` of the body counts before the header, which is the same in whole seconds and not
 * spread over those who were refused together.
 */
export function problem(status: number, headers: { get(name: string): string | null }, text: string): ApiError {
  let body: Problem = {};
  try {
    body = JSON.parse(text) as Problem;
  } catch {
    // an answer of something on the way: it has a status and no reason
  }
  const seconds = Number(headers.get("Retry-After") ?? 0);
  return new ApiError({
    status,
    reason: body.reason ?? "",
    detail: body.detail ?? `HTTP ${status}`,
    fields: body.fields ?? [],
    requestId: headers.get("X-Request-Id") ?? "",
    retryAfterMs: body.retryAfterMs ?? (Number.isFinite(seconds) ? seconds * 1000 : 0),
    retryable: RETRYABLE.has(status),
  });
}
