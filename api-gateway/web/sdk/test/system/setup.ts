import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";

/** Where the running system is. */
export interface System {
  readonly api: string;
  readonly ws: string;
}

declare module "vitest" {
  interface ProvidedContext {
    system: System;
  }
}

/** Heartbeats and access tokens as short as a test can wait for, and no bound on accounts and frames that a test makes. */
const SETTINGS = {
  WS_RATE: "100000",
  WS_BURST: "200000",
  WS_USER_RATE: "100000",
  WS_USER_BURST: "200000",
  WS_HEARTBEAT: "1s",
  AUTH_ACCESS_LIFETIME: "10s",
  REGISTER_ADDRESS_FREE: "100000",
  LOGIN_ADDRESS_FREE: "100000",
};

const repository = new URL("../../../../../", import.meta.url).pathname;

/** Starts the whole backend on free ports and new data, and answers how to end it. IM_IMD names its program, if it is built. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), "im-web-"));
  let program = process.env["IM_IMD"];
  if (program === undefined) {
    program = join(dir, "imd");
    await promisify(execFile)("go", ["build", "-o", program, "./scripts/imd"], { cwd: repository });
  }
  const args = ["--data", join(dir, "data"), "--http", "127.0.0.1:0", "--ws", "127.0.0.1:0"];
  for (const [name, value] of Object.entries(SETTINGS)) args.push("-set", `${name}=${value}`);
  const imd = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  imd.stderr.on("data", (chunk: Buffer) => (log = (log + chunk.toString()).slice(-20_000)));
  const ended = once(imd, "exit");
  const lines = createInterface({ input: imd.stdout });
  const ready = await Promise.race([once(lines, "line"), ended.then(() => [""])]);
  const match = /^ready api=(\S+) ws=(\S+)/.exec(String(ready[0]));
  if (match?.[1] === undefined || match[2] === undefined) throw new Error(`imd did not start:\n${log}`);
  project.provide("system", { api: match[1], ws: match[2] });
  return async () => {
    imd.kill("SIGTERM");
    await ended;
    await rm(dir, { recursive: true, force: true });
  };
}
