import { expect, test } from "vitest";
import { toCsv } from "./chartTable.js";

test("quotes what needs it, leaves gaps empty and lets no text become a formula", () => {
  const csv = toCsv({
    name: "x",
    columns: ["run", "value"],
    rows: [
      ['a "b", c', 1e-7],
      ["=HYPERLINK(0)", null],
      ["plain", -2],
    ],
  });
  expect(csv).toBe('run,value\r\n"a ""b"", c",1e-7\r\n\'=HYPERLINK(0),\r\nplain,-2\r\n');
});
