import { readFile } from "node:fs/promises";
import process from "node:process";
import { text } from "node:stream/consumers";
import {
  AppError,
  CreateRun,
  type CreateSweep,
  parseSweep,
  requirePlainJson,
  toFieldErrors,
} from "@sweepyard/contract";
import { parseDocument } from "yaml";
import { commandName } from "./commandName.js";
import { whyUnreadable } from "./whyUnreadable.js";

/**
 * A sweep's file, in YAML or JSON, checked by the rules that the server applies; "-" is stdin.
 * @throws {AppError} `invalid_request` with the line of a syntax error or each field's rule.
 */
export const readSweepFile = async (path: string): Promise<CreateSweep> =>
  parseSweep(await readDocument(path));

/** The same for a single run. */
export async function readRunFile(path: string): Promise<CreateRun> {
  const document = await readDocument(path);
  if (typeof document === "object" && document !== null && "space" in document)
    throw new AppError(
      "invalid_request",
      `${path} is a sweep, since it has a space: ${commandName} sweep submit ${path}`,
    );
  requirePlainJson(document);
  const parsed = CreateRun.safeParse(document);
  if (parsed.success) return parsed.data;
  throw new AppError("invalid_request", "the run was not accepted", {
    errors: toFieldErrors(parsed.error, "", document),
  });
}

/** The document in a YAML or JSON file, as it stands; "-" is stdin. */
export async function readDocument(path: string): Promise<unknown> {
  const name = path === "-" ? "standard input" : path;
  // YAML 1.2 contains JSON, so one reader serves both.
  const document = parseDocument(await readText(path, name), { prettyErrors: true });
  const [error] = document.errors;
  if (error !== undefined) {
    const at = error.linePos?.[0];
    const where = at === undefined ? name : `${name}:${at.line}:${at.col}`;
    throw new AppError("invalid_request", `${where}: ${error.message.split("\n")[0]}`);
  }
  if (document.contents === null) throw new AppError("invalid_request", `${name} is empty`);
  try {
    return document.toJS();
  } catch (cause) {
    // Aliases of aliases that would fill the memory, or of anchors that are not there.
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AppError("invalid_request", `${name}: ${why}`, { cause });
  }
}

async function readText(path: string, name: string): Promise<string> {
  try {
    return await (path === "-" ? text(process.stdin) : readFile(path, "utf8"));
  } catch (error) {
    throw new AppError("invalid_request", `${name} can't be read: ${whyUnreadable(error)}`);
  }
}
