import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { verifyWebhook } from "@sweepyard/client";
import { newId, PromoteRun, type WebhookEvent } from "@sweepyard/contract";
import { createWebhook, promoteRun } from "@sweepyard/db";
// For the types of what the test run provides.
import type {} from "@sweepyard/local/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startTestSystem, type TestSystem } from "../testing/testSystem.js";

/** What a receiver hears of a sweep that workers train, and of its run's promotion. */

let system: TestSystem;
beforeAll(async () => {
  system = await startTestSystem();
});
afterAll(() => system.close());

interface Message {
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

async function startReceiver() {
  const messages: Message[] = [];
  const server = createServer(async (req, res) => {
    let body = "";
    for await (const chunk of req.setEncoding("utf8")) body += chunk;
    messages.push({ headers: req.headers, body });
    res.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    url,
    messages,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

test("sweep.completed and model.promoted are told once, signed, with what they name", async () => {
  const { db, projectId } = system;
  const receiver = await startReceiver();
  try {
    const { secret } = await createWebhook(db, projectId, {
      ...{ url: receiver.url, description: "", events: ["sweep.completed", "model.promoted"] },
    });
    await system.startSupervisor({ WEBHOOK_PRIVATE_ADDRESSES: "allow" });
    const sweepId = await system.submitSweep(
      {
        plan: {
          data: { dataset: "synthetic", version: 1 },
          model: { template: "mlp", depth: 1, units: 8 },
          optimizer: { class_name: "Adam", learning_rate: { $param: "learning_rate" } },
          batch_size: 32,
          epochs: 1,
        },
        space: { learning_rate: { type: "categorical", choices: [0.01] } },
      },
      1,
    );
    const heard = async (type: WebhookEvent["type"]) => {
      const told = await Promise.all(receiver.messages.map((one) => verifyWebhook(one, secret)));
      const events = told.map(({ event }) => event).filter((event) => event.type === type);
      expect(events).toHaveLength(1);
      return events[0];
    };
    const wait = { timeout: 20_000, interval: 50 };
    expect(await vi.waitFor(() => heard("sweep.completed"), wait)).toMatchObject({
      data: { sweepId, name: "test" },
    });
    const { best } = await system.sweep(sweepId);
    const asker = { keyId: newId(), keyName: "test" };
    const promotion = PromoteRun.parse({ model: "signs" });
    await promoteRun(db, projectId, asker, best?.runId ?? "", promotion);
    expect(await vi.waitFor(() => heard("model.promoted"), wait)).toMatchObject({
      data: { model: "signs", alias: "champion", version: 1 },
    });
    expect(receiver.messages).toHaveLength(2);
  } finally {
    await receiver.stop();
  }
});
