import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { choosePort } from "./choosePort.js";
import { temporaryFolder } from "./temporaryFolder.js";

test("keeps the port of the last start unless something else took it", async () => {
  await using home = await temporaryFolder();
  const first = await choosePort(home.path, undefined);
  expect(await choosePort(home.path, undefined)).toBe(first);
  const squatter = createServer().listen(first, "127.0.0.1");
  await once(squatter, "listening");
  try {
    expect(await choosePort(home.path, undefined)).not.toBe(first);
    await expect(choosePort(home.path, String(first))).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining(`port ${first} (API_PORT) is in use`),
    });
  } finally {
    squatter.close();
  }
});

test("a port that is none is refused", async () => {
  await using home = await temporaryFolder();
  await expect(choosePort(home.path, "http")).rejects.toThrow(/API_PORT.*"http"/);
});
