import type { components, operations } from "./generated/schema.js";

/** The schemas of the OpenAPI document by name. */
export type Schemas = components["schemas"];

/** The id of an operation of the HTTP API. */
export type OperationId = keyof operations;

type Part<T, K extends string> = T extends Partial<Record<K, infer P>> ? NonNullable<P> : never;
type Parameters<Id extends OperationId, In extends string> = [Part<operations[Id]["parameters"], In>] extends [never]
  ? unknown
  : Part<operations[Id]["parameters"], In>;
type Body<Id extends OperationId> =
  NonNullable<operations[Id]["requestBody"]> extends { content: { "application/json": infer B } } ? B : unknown;
/** A seq in a path is text to HTTP, and a number to everybody else. */
type Places<T> = { [K in keyof T]: K extends "seq" ? number : T[K] };
type Flat<T> = { [K in keyof T]: T[K] };

/** The arguments of an operation: the parameters of its path and query and the members of its body together. */
export type Args<Id extends OperationId> = Flat<Places<Parameters<Id, "path">> & Parameters<Id, "query"> & Body<Id>>;

type Json<T> = T extends { content: { "application/json": infer B } } ? B : undefined;
type Success<T> = { [S in keyof T]: S extends 200 | 201 | 204 ? Json<T[S]> : never }[keyof T];

/** What an operation answers; `undefined` when it has no body. */
export type Result<Id extends OperationId> = Success<operations[Id]["responses"]>;

/** How an operation stands in HTTP. */
export interface Shape {
  readonly verb: string;
  readonly path: string;
  /** The arguments that go into the query. */
  readonly query: readonly string[];
  /** Whether what is neither in the path nor in the query is sent as a JSON body. */
  readonly body: boolean;
  /** Whether it needs a credential. */
  readonly auth: boolean;
}

/** What a caller may ask of one call. */
export interface CallOptions {
  /** Gives the call up. Whether it was served is unknown then. */
  readonly signal?: AbortSignal;
}

/** Whoever makes calls for the generated methods. */
export interface Caller {
  /**
   * Makes one call.
   *
   * @throws ApiError when the server refuses, NetworkError when there is no answer.
   */
  call<T>(shape: Shape, args: object, options?: CallOptions): Promise<T>;
}
