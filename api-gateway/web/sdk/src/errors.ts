/** A bad field of a request. */
export interface FieldFault {
  readonly field: string;
  readonly message: string;
}

/** What the server said when it refused. */
export interface Refusal {
  /** The HTTP status; 0 for the refusal of a frame. */
  readonly status: number;
  /** UPPER_SNAKE and stable; empty when the answer was no problem document. */
  readonly reason: string;
  readonly detail: string;
  readonly fields: readonly FieldFault[];
  readonly requestId: string;
  /** Milliseconds to wait before coming back; 0: no advice. */
  readonly retryAfterMs: number;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
}

/** A refusal by the server, over HTTP or as the error frame of a request. */
export class ApiError extends Error implements Refusal {
  override readonly name = "ApiError";
  readonly status: number;
  readonly reason: string;
  readonly detail: string;
  readonly fields: readonly FieldFault[];
  readonly requestId: string;
  readonly retryAfterMs: number;
  readonly retryable: boolean;

  constructor(refusal: Partial<Refusal>) {
    super([refusal.reason, refusal.detail].filter(Boolean).join(": "));
    this.status = refusal.status ?? 0;
    this.reason = refusal.reason ?? "";
    this.detail = refusal.detail ?? "";
    this.fields = refusal.fields ?? [];
    this.requestId = refusal.requestId ?? "";
    this.retryAfterMs = refusal.retryAfterMs ?? 0;
    this.retryable = refusal.retryable ?? false;
  }
}

/** There was no answer: whether the request was served is unknown. */
export class NetworkError extends Error {
  override readonly name = "NetworkError";
}

/** A WebSocket has ended, or could not be opened. */
export class ClosedError extends Error {
  override readonly name = "ClosedError";

  /** @param code of the close frame; 1006 when the connection broke without one. */
  constructor(
    readonly code: number,
    readonly text: string,
  ) {
    super(`connection closed: ${code} ${text}`.trim());
  }

  /** Whether a client must not reconnect. */
  get terminal(): boolean {
    return this.code >= 4500 && this.code < 5000;
  }
}

/** Why a session has ended, or why nobody comes back. */
export type EndReason =
  /** Nobody is signed in. */
  | "signed-out"
  /** The session ended: logout elsewhere, revoked, banned, another password, a refresh token used twice. */
  | "revoked"
  /** A login on another device took its place. */
  | "replaced"
  /** The server takes too many frames of this client for malformed: the client has a defect. */
  | "malformed"
  /** The server refuses this client for good, as an origin that it does not know. */
  | "refused";

/** The session has ended; somebody has to sign in. */
export class SessionEndedError extends Error {
  override readonly name = "SessionEndedError";

  constructor(readonly reason: EndReason) {
    super(`the session has ended: ${reason}`);
  }
}

/** The error that a thrown value stands for. */
export function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** The reason of a refusal; empty for any other error. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof ApiError ? thrown.reason : "";
}
