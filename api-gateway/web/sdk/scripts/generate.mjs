// Makes src/generated from openapi.json: the types of every schema and operation, and one method for every operation.
// With --check it writes nothing and fails when what is there is not what would be made.
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const root = new URL("../", import.meta.url);
const source = new URL("openapi.json", root);
const head = "// Made from openapi.json by scripts/generate.mjs; edit neither. eslint and prettier leave it alone.\n\n";

/** The parameters of an operation that stand in one place, in a list of TypeScript. */
const names = (operation, place) =>
  JSON.stringify((operation.parameters ?? []).filter(p => p.in === place).map(p => p.name));

/** Whether an operation's body has members that must be there. */
function demanding(operation) {
  const ref = operation.requestBody?.content["application/json"].schema.$ref;
  return ref !== undefined && (document.components.schemas[ref.split("/").pop()].required ?? []).length > 0;
}

/** One method of the class: its arguments are the members of path, query and body together. */
function method(path, verb, operation) {
  const { operationId: id, summary } = operation;
  const body = operation.requestBody !== undefined;
  const required = (operation.parameters ?? []).some(p => p.required) || demanding(operation);
  const auth = operation.security?.length !== 0;
  const shape =
    `{ verb: "${verb.toUpperCase()}", path: "${path}", query: ${names(operation, "query")}, ` +
    `body: ${body}, auth: ${auth} }`;
  return [
    `  /** ${summary}. \`${verb.toUpperCase()} ${path}\` */`,
    `  ${id}(args: Args<"${id}">${required ? "" : " = {}"}, options?: CallOptions): Promise<Result<"${id}">> {`,
    `    return this.caller.call(${shape}, args, options);`,
    "  }",
  ].join("\n");
}

function calls(document) {
  const methods = Object.entries(document.paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, operation]) => method(path, verb, operation)),
  );
  return [
    'import type { Args, CallOptions, Caller, Result } from "../calls.js";\n',
    "/** Every operation of the HTTP API. Arguments are the parameters of path and query and the members of the body together. */",
    "export class Calls {",
    "  constructor(private readonly caller: Caller) {}\n",
    methods.join("\n\n"),
    "}\n",
  ].join("\n");
}

const document = JSON.parse(await readFile(source, "utf8"));
const made = {
  "src/generated/schema.ts": astToString(await openapiTS(source)),
  "src/generated/calls.ts": calls(document),
};
for (const [name, text] of Object.entries(made)) {
  const file = new URL(name, root);
  if (!process.argv.includes("--check")) {
    await writeFile(file, head + text);
  } else if ((await readFile(file, "utf8")) !== head + text) {
    console.error(`${name} is not what openapi.json says: npm run generate`);
    process.exitCode = 1;
  }
}
