import { execFileSync } from "node:child_process";
import { chmod, copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { postgresAccount } from "./postgresAccount.js";
import { temporaryFolder } from "./temporaryFolder.js";

const isRoot = process.getuid?.() === 0;

test.runIf(!isRoot)("whoever is not root needs no other account", async () => {
  expect(await postgresAccount(["/anywhere"])).toBeNull();
});

test.runIf(isRoot)("root changes to another account, plainly where folders are open", async () => {
  const account = await postgresAccount(["/usr/bin/env"]);
  expect(account?.uid).toBeGreaterThan(0);
  expect(account?.prefix).toEqual([]);
});

test.runIf(isRoot)("a program and a file in a closed folder of root's can be reached", async () => {
  await using folder = await temporaryFolder();
  await chmod(folder.path, 0o700);
  const program = join(folder.path, "node");
  await copyFile(process.execPath, program);
  await mkdir(join(folder.path, "data"));
  const [command = "", ...args] = (await postgresAccount([program]))?.prefix ?? [];
  // access(2) goes by other rules than open(2), and Postgres asks both.
  const script = "require('fs').accessSync(process.execPath, 1); console.log(process.getuid())";
  const said = execFileSync(command, [...args, program, "-e", script], { encoding: "utf8" });
  expect(Number(said)).toBeGreaterThan(0);
});
