import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { allowedPrograms } from "./allowedPrograms.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sweepyard-programs-"));
  await mkdir(join(folder, "ours"));
  for (const name of ["ours/train.py", "other.py"])
    await writeFile(join(folder, name), "#!/bin/sh\n", { mode: 0o755 });
  await writeFile(join(folder, "ours/notes.txt"), "no program", { mode: 0o644 });
  await symlink(join(folder, "other.py"), join(folder, "ours/link.py"));
});
afterAll(() => rm(folder, { recursive: true }));

const at = (name: string) => join(folder, name);

test("off runs nothing", async () => {
  const programs = allowedPrograms("off");
  expect(programs.any).toBe(false);
  await expect(programs.find("/bin/sh")).rejects.toMatchObject({ code: "forbidden" });
});

test("a folder allows the programs in it, by name or path, and nothing that links lead to", async () => {
  const programs = allowedPrograms(at("ours"));
  expect(await programs.find("train.py")).toBe(at("ours/train.py"));
  expect(await programs.find(at("ours/train.py"))).toBe(at("ours/train.py"));
  for (const refused of ["link.py", at("other.py"), at("ours/../other.py")])
    await expect(programs.find(refused)).rejects.toMatchObject({ code: "forbidden" });
  for (const missing of ["notes.txt", "sh", "../other.py.txt"])
    await expect(programs.find(missing)).rejects.toMatchObject({ code: "not_found" });
});

test("a program is allowed by the very name it is listed with", async () => {
  const programs = allowedPrograms(`sh:${at("other.py")}`, "/nowhere:/bin");
  expect(await programs.find("sh")).toBe("/bin/sh");
  expect(await programs.find(at("other.py"))).toBe(at("other.py"));
  await expect(programs.find("/bin/sh")).rejects.toThrow();
});

test("allow runs whatever is there", async () => {
  expect(await allowedPrograms("allow", "/bin").find("sh")).toBe("/bin/sh");
});
