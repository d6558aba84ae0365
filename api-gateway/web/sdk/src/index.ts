export type { Args, CallOptions, Caller, OperationId, Result, Schemas } from "./calls.js";
export * from "./errors.js";
export { Calls } from "./generated/calls.js";
export { Session, type DeviceInfo } from "./session.js";
export { type Lock, platformLock, processLock } from "./lock.js";
export { MemoryTokenStore, randomId, type SavedSession, type Tokens, type TokenStore } from "./tokens.js";
