import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

test("the code of the README fits the library", () => {
  const text = readFileSync(join(root, "README.md"), "utf8");
  const code = [...text.matchAll(/```ts\n(.*?)```/gs)].map(block => block[1] ?? "").join("\n");
  expect(code).toContain('from "im-sdk"');
  const file = join(root, "src/readme.ts");
  const read = ts.readConfigFile(join(root, "tsconfig.json"), name => ts.sys.readFile(name));
  const { options } = ts.parseJsonConfigFileContent(read.config, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const getSourceFile = host.getSourceFile.bind(host);
  const source = ts.createSourceFile(file, code.replace('"im-sdk"', '"./index.js"'), ts.ScriptTarget.ES2022, true);
  source.impliedNodeFormat = ts.ModuleKind.ESNext;
  host.getSourceFile = (name, ...rest) => (name === file ? source : getSourceFile(name, ...rest));
  const program = ts.createProgram([file], options, host);
  const faults = ts
    .getPreEmitDiagnostics(program, source)
    .map(d => ts.flattenDiagnosticMessageText(d.messageText, "\n"));
  expect(faults).toEqual([]);
});
