import { problem } from "./http.js";
import { ApiError } from "./errors.js";

/** What a connection needs of a WebSocket: the browser's has it, and that of the package ws. */
export interface WebSocketLike {
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: ((event: unknown) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

/** Opens a WebSocket. */
export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

/** A response of node:http, as far as it is read here. */
interface RefusingResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  on(event: "data", listener: (chunk: { toString(): string }) => void): unknown;
  on(event: "end", listener: () => void): unknown;
}

interface TellingSocket {
  on(event: "unexpected-response", listener: (request: unknown, response: RefusingResponse) => void): unknown;
  terminate?(): void;
}

/**
 * Tells why a handshake was refused, where the platform lets it be known: a browser does not, the package ws does.
 */
export function onRefusal(socket: WebSocketLike, tell: (refusal: ApiError) => void): void {
  const telling = socket as Partial<TellingSocket>;
  telling.on?.("unexpected-response", (_request, response) => {
    let text = "";
    response.on("data", chunk => (text += chunk.toString()));
    response.on("end", () => {
      const header = (name: string): string | null => response.headers[name.toLowerCase()] ?? null;
      tell(problem(response.statusCode, { get: header }, text));
    });
  });
}

/** Breaks a socket off without waiting for the other side, where the platform can; a browser only closes. */
export function abandon(socket: WebSocketLike): void {
  const terminate = (socket as Partial<TellingSocket>).terminate;
  if (terminate === undefined) socket.close();
  else terminate.call(socket);
}
