import { constants } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join, resolve, sep } from "node:path";
import { AppError } from "@sweepyard/contract";

/** What the setting WORKER_COMMANDS lets sweeps run on this worker. */
export interface AllowedPrograms {
  /** Whether any command may run here. */
  readonly any: boolean;
  /**
   * The program's real path. A name without a slash is looked for in the allowed folders, then,
   * where it is allowed itself, on the PATH.
   * @throws {AppError} `forbidden` if it may not run here, `not_found` if it is not there
   */
  find(program: string): Promise<string>;
}

/** @param setting `off`, `allow`, or a list of programs and folders separated by colons */
export function allowedPrograms(setting: string, path = process.env.PATH ?? ""): AllowedPrograms {
  if (setting === "off") return { any: false, find: (program) => Promise.reject(refused(program)) };
  const onPath = path.split(delimiter).filter((folder) => folder !== "");
  if (setting === "allow")
    return {
      any: true,
      find: async (program) => (await findIn(isPath(program) ? [""] : onPath, program)).path,
    };
  const listed = setting.split(delimiter).filter((entry) => entry !== "");
  return { any: listed.length > 0, find: (program) => findListed(listed, onPath, program) };
}

const isPath = (program: string) => program.includes("/") || program.includes(sep);

async function findListed(
  listed: readonly string[],
  onPath: readonly string[],
  program: string,
): Promise<string> {
  if (listed.includes(program))
    return (await findIn(isPath(program) ? [""] : onPath, program)).path;
  const folders: string[] = [];
  for (const entry of listed) {
    if (!isAbsolute(entry)) continue;
    const real = await realpath(entry).catch(() => null);
    if (real !== null && (await stat(real)).isDirectory()) folders.push(real);
  }
  const found = await findIn(isAbsolute(program) ? [""] : folders, program);
  // Links must not lead out of the folders.
  if (folders.some((folder) => found.real.startsWith(folder + sep))) return found.path;
  throw refused(program);
}

/** `real` has no links in it; `path` is what to start, since a program may go by its name. */
async function findIn(
  folders: readonly string[],
  program: string,
): Promise<{ path: string; real: string }> {
  for (const folder of folders) {
    const path = folder === "" ? resolve(program) : join(folder, program);
    const real = await realpath(path).catch(() => null);
    if (real === null || !(await stat(real)).isFile()) continue;
    const runs = await access(real, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return { path, real };
  }
  throw new AppError(
    "not_found",
    `this worker has no program ${program} that it may run: is it there, executable, and named in WORKER_COMMANDS?`,
  );
}

const refused = (program: string) =>
  new AppError(
    "forbidden",
    `this worker may not run ${program}: its WORKER_COMMANDS does not name it`,
  );
