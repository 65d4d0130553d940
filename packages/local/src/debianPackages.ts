import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { AppError } from "@sweepyard/contract";
import type { OnProgress } from "./downloadProgress.js";
import { diskFull, explainStorageError, isDiskFull } from "./storageError.js";

const run = promisify(execFile);

export interface DebianPackagesRequest {
  /** Where the packages are unpacked: `usr/bin` and the like appear below. Made in one step. */
  readonly into: string;
  readonly packages: readonly string[];
  /** Also the libraries that these packages depend on, where the machine may lack them. */
  readonly withLibraries?: boolean;
  readonly label: string;
  readonly onProgress?: OnProgress;
  readonly log?: (line: string) => void;
}

/**
 * Downloads Debian packages and unpacks them, without root and without installing anything.
 * apt checks their signatures and sums. The machine's own package lists serve if it has them;
 * else fresh ones are kept beside `into`.
 * @throws {AppError} `unavailable` when this is no Debian, or its archive cannot be reached.
 */
export async function unpackDebianPackages(request: DebianPackagesRequest): Promise<void> {
  const { into, log = () => {} } = request;
  try {
    await requireTools();
    await mkdir(join(into, ".."), { recursive: true });
    const work = await mkdtemp(`${into}.new-`);
    try {
      await inListsOrder(`${into}.apt`, log, async (apt) => {
        const packages = await resolvePackages(request, apt);
        await download({ ...request, packages, log }, apt, work);
      });
      const root = join(work, "root");
      for (const file of await readdir(work))
        if (file.endsWith(".deb")) await run("dpkg", ["-x", join(work, file), root]);
      await rm(into, { recursive: true, force: true });
      // Another start may have been quicker; what it unpacked is as good.
      await rename(root, into).catch(async (error) => {
        if (!(await stat(into).catch(() => null))) throw error;
      });
    } finally {
      await rm(work, { recursive: true, force: true });
      await rm(`${into}.apt`, { recursive: true, force: true });
    }
  } catch (error) {
    throw explainStorageError(error, into);
  }
}

async function requireTools() {
  try {
    await run("apt-get", ["--version"]);
    await run("dpkg", ["--version"]);
  } catch (cause) {
    throw new AppError("unavailable", "this machine has no apt-get and dpkg", { cause });
  }
}

/** Tries with the machine's lists; when those are missing or stale, with fresh ones in `dir`. */
async function inListsOrder(
  dir: string,
  log: (line: string) => void,
  attempt: (aptOptions: readonly string[]) => Promise<void>,
) {
  const patience = ["-o", "Acquire::Retries=2", "-o", "Acquire::http::Timeout=20"];
  try {
    return await attempt(patience);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "unavailable") throw error;
    log(`${error.message}; fetching package lists`);
  }
  await mkdir(join(dir, "lists", "partial"), { recursive: true });
  await mkdir(join(dir, "archives", "partial"), { recursive: true });
  const own = [
    ...patience,
    ...["-o", `Dir::State::lists=${join(dir, "lists")}`],
    ...["-o", `Dir::Cache=${dir}`],
    ...["-o", "Debug::NoLocking=1"],
    ...(process.getuid?.() === 0 ? ["-o", "APT::Sandbox::User=root"] : []),
  ];
  // It fails when any one of the machine's sources does; whether ours was among them shows next.
  await run("apt-get", ["update", "-q", ...own]).catch((error) => log(String(error)));
  await attempt(own);
}

async function resolvePackages(request: DebianPackagesRequest, apt: readonly string[]) {
  if (!request.withLibraries) return request.packages;
  const { stdout } = await aptCall("apt-cache", ["depends", ...apt, ...request.packages]);
  const libraries = [...stdout.matchAll(/^ {2}Depends: (\S+)$/gm)]
    .map((match) => match[1] ?? "")
    .filter((name) => /^(lib|lua)/.test(name) && name !== "libc6");
  return [...new Set([...request.packages, ...libraries])];
}

async function download(
  request: DebianPackagesRequest & { log: (line: string) => void },
  apt: readonly string[],
  cwd: string,
) {
  const { packages, label, onProgress, log } = request;
  const listing = await aptCall("apt-get", ["download", "--print-uris", ...apt, ...packages]);
  const sizes = [...listing.stdout.matchAll(/^'[^']+' \S+ (\d+) /gm)].map((m) => Number(m[1]));
  if (sizes.length < packages.length)
    throw new AppError("unavailable", `apt knows no package ${packages.join(", ")}`);
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0);

  const args = ["download", "-q", "-o", "APT::Status-Fd=3", ...apt, ...packages];
  const child = spawn("apt-get", args, { cwd, stdio: ["ignore", "pipe", "pipe", "pipe"] });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    if (stream)
      createInterface({ input: stream }).on("line", (line) => {
        said.push(line);
        log(line);
      });
  const status = child.stdio[3];
  if (status && "read" in status)
    createInterface({ input: status }).on("line", (line) => {
      const percent = /^dlstatus:\d+:([\d.]+):/.exec(line)?.[1];
      if (percent === undefined) return;
      onProgress?.({ label, bytes: Math.round((totalBytes * Number(percent)) / 100), totalBytes });
    });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) {
    if (isDiskFull(said.join("\n"))) throw diskFull(dirname(request.into));
    const reason = said.find((line) => line.startsWith("E:")) ?? said.at(-1) ?? "no reason given";
    throw new AppError("unavailable", `apt could not download ${packages.join(", ")}: ${reason}`);
  }
  onProgress?.({ label, bytes: totalBytes, totalBytes });
}

async function aptCall(command: string, args: readonly string[]) {
  try {
    return await run(command, args, { env: { ...process.env, LC_ALL: "C" } });
  } catch (cause) {
    const reason = /^E: .*$/m.exec((cause as { stderr?: string }).stderr ?? "")?.[0];
    throw new AppError("unavailable", `apt: ${reason ?? String(cause)}`, { cause });
  }
}
