import { expect, test } from "vitest";
import { parseStartOptions } from "./startOptions.js";

test("reads the command and its options", () => {
  expect(parseStartOptions(["demo", "--json"])).toEqual({
    command: "demo",
    json: true,
    epochs: undefined,
  });
  expect(parseStartOptions(["start", "--epochs", "2"]).epochs).toBe(2);
  expect(parseStartOptions(["start", "--restore", "/backups"]).restoreFrom).toBe("/backups");
});

test.each([
  [["demo", "--jsn"], /--jsn/],
  [["demo", "--epochs", "0"], /--epochs .*"0"/],
  [["serve"], /unknown command "serve"/],
])("%j is refused with the usage", (argv, reason) => {
  expect(() => parseStartOptions(argv)).toThrow(reason);
  expect(() => parseStartOptions(argv)).toThrow(/npm run demo -- \[--json\]/);
});
