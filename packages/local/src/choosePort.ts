import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "@sweepyard/contract";
import { freePort, isFreePort, requireFreePort } from "./freePort.js";

/**
 * The API's port: the one asked for, else that of the last start if it is free, so that the
 * dashboard keeps its address, else any free one.
 * @throws {AppError} `conflict` when the port asked for is in use.
 */
export async function choosePort(home: string, asked: string | undefined): Promise<number> {
  if (asked !== undefined && asked !== "" && asked !== "0") {
    const port = Number(asked);
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      throw new AppError("invalid_request", `API_PORT is to be a port number, not "${asked}"`);
    await requireFreePort(port, "API_PORT");
    return port;
  }
  const memory = join(home, "api-port");
  const last = Number(await readFile(memory, "utf8").catch(() => ""));
  if (Number.isInteger(last) && last > 0 && (await isFreePort(last))) return last;
  const port = await freePort();
  await writeFile(memory, `${port}\n`);
  return port;
}
