import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AppError, type WorkerSettings } from "@sweepyard/contract";

export interface HealthServer {
  readonly url: string;
  close(): void;
}

/**
 * For orchestrators. `/healthz` answers while the process does: one that does not is to be started
 * anew. `/readyz` is 200 while the worker works, else 503, with the reason in words.
 * @param trouble why it does not work; null while it does.
 * @throws {AppError} `conflict` if the port is in use.
 */
export async function serveHealth(
  { HEALTH_HOST, HEALTH_PORT }: Pick<WorkerSettings, "HEALTH_HOST" | "HEALTH_PORT">,
  trouble: () => string | null,
): Promise<HealthServer> {
  const server = createServer((req, res) => {
    const reason = req.url === "/readyz" ? trouble() : null;
    const known = req.url === "/readyz" || req.url === "/healthz";
    res.writeHead(known ? (reason === null ? 200 : 503) : 404, {
      "Content-Type": "application/json",
      "Cache-Control": "no-store",
    });
    res.end(JSON.stringify(known ? { status: reason === null ? "ok" : "unwell", reason } : {}));
  });
  server.listen(HEALTH_PORT, HEALTH_HOST);
  try {
    await once(server, "listening");
  } catch (cause) {
    throw new AppError(
      "conflict",
      `HEALTH_PORT ${HEALTH_PORT} of ${HEALTH_HOST} can't be listened on: ${String(cause)}`,
      { cause },
    );
  }
  server.unref();
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${HEALTH_HOST}:${port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
