import { expect, test } from "vitest";
import { STALE_LINK_PAGE } from "./staleLinkPage.js";

test("names the command for a new link, and needs nothing that the security policy refuses", () => {
  expect(STALE_LINK_PAGE).toContain("npm run sweepyard -- login-link");
  expect(STALE_LINK_PAGE).not.toMatch(/<script|https?:/);
});
