import { execFileSync } from "node:child_process";
import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { unpackDebianPackages } from "./debianPackages.js";
import type { DownloadProgress } from "./downloadProgress.js";
import { temporaryFolder } from "./temporaryFolder.js";

const hasApt = (() => {
  try {
    execFileSync("apt-get", ["--version"]);
    return true;
  } catch {
    return false;
  }
})();

test.runIf(hasApt)("unpacks a package with its libraries and tells how far it is", async () => {
  await using folder = await temporaryFolder();
  const into = join(folder.path, "root");
  const seen: DownloadProgress[] = [];
  await unpackDebianPackages({
    into,
    packages: ["redis-tools"],
    withLibraries: true,
    label: "tools",
    onProgress: (progress) => seen.push(progress),
  });
  expect((await stat(join(into, "usr", "bin", "redis-cli"))).isFile()).toBe(true);
  expect(await readdir(join(into, "usr", "lib"))).not.toEqual([]);
  const last = seen.at(-1);
  expect(last?.bytes).toBe(last?.totalBytes);
  expect(last?.bytes).toBeGreaterThan(500_000);
  expect(await readdir(folder.path)).toEqual(["root"]);
});

test.runIf(hasApt)("fetches package lists of its own when the machine has none", async () => {
  await using folder = await temporaryFolder();
  const lists = join(folder.path, "empty-lists");
  const config = join(folder.path, "apt.conf");
  await mkdir(lists);
  await writeFile(config, `Dir::State::lists "${lists}";\nDir::Cache "${lists}";\n`);
  process.env.APT_CONFIG = config;
  try {
    const into = join(folder.path, "root");
    await unpackDebianPackages({ into, packages: ["liblzf1"], label: "a small one" });
    expect(await readdir(join(into, "usr"))).toContain("lib");
    expect((await readdir(folder.path)).sort()).toEqual(["apt.conf", "empty-lists", "root"]);
  } finally {
    delete process.env.APT_CONFIG;
  }
});

test.runIf(hasApt)("names the package that apt does not have, and leaves nothing", async () => {
  await using folder = await temporaryFolder();
  await expect(
    unpackDebianPackages({
      into: join(folder.path, "root"),
      packages: ["sweepyard-no-such-package"],
      label: "nothing",
    }),
  ).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("sweepyard-no-such-package"),
  });
  expect(await readdir(folder.path)).toEqual([]);
});
