import { expect, test } from "vitest";
import { explainStorageError } from "./storageError.js";

test.each([
  Object.assign(new Error("write failed"), { code: "ENOSPC" }),
  new Error("Command failed: initdb: could not write: No space left on device"),
  new Error("E: You don't have enough free space in /somewhere/."),
])("says which disk is full: %s", (error) => {
  expect(explainStorageError(error, "/data/home")).toMatchObject({
    code: "storage_full",
    message: expect.stringContaining("the disk of /data/home is full"),
  });
});

test("leaves every other error alone", () => {
  const error = new Error("something else");
  expect(explainStorageError(error, "/data/home")).toBe(error);
});
