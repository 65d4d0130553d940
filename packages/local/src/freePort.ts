import { createServer } from "node:net";
import { AppError } from "@sweepyard/contract";

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const port = await tryListen(0);
  if (port === null) throw new AppError("unavailable", "no free port on 127.0.0.1");
  return port;
}

export async function isFreePort(port: number): Promise<boolean> {
  return (await tryListen(port)) !== null;
}

/** @throws {AppError} `conflict` when something listens on `port` already. */
export async function requireFreePort(port: number, setting: string): Promise<void> {
  if (await isFreePort(port)) return;
  throw new AppError(
    "conflict",
    `port ${port} (${setting}) is in use on 127.0.0.1: stop what listens there, or set ${setting} to another port`,
  );
}

function tryListen(port: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(null);
      else reject(error);
    });
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      const bound = typeof address === "object" && address !== null ? address.port : null;
      server.close(() => resolve(bound));
    });
  });
}
