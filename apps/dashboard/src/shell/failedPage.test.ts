import { expect, test } from "vitest";
import { failedPage } from "./failedPage.js";

test.each([
  "Unable to preload CSS for http://127.0.0.1:8080/assets/ModelsPage-dFTPAW4.css",
  "Failed to fetch dynamically imported module: http://127.0.0.1:8080/assets/ModelsPage.js",
  "error loading dynamically imported module: http://127.0.0.1:8080/assets/ModelsPage.js",
  "Importing a module script failed.",
])("a page whose code does not arrive is told in words: %s", (message) => {
  const told = failedPage(new TypeError(message));
  expect(told.message).toMatch(/^This page could not be fetched/);
  expect(told.cause).toMatchObject({ message });
});

test("whatever else broke is told as it is", () => {
  const error = new RangeError("a page broke");
  expect(failedPage(error)).toBe(error);
  expect(failedPage("thrown as text").message).toBe("thrown as text");
});
