import { expect, test } from "vitest";
import { colorsFor } from "./colors.js";
import { progressBar } from "./progressBar.js";
import { renderFields, renderTable } from "./table.js";

const plain = colorsFor({ isTTY: false }, {});

test("columns are aligned, numbers to the right, with nothing but text around them", () => {
  const table = renderTable(
    [
      { name: "a", count: 7 },
      { name: "longer", count: 1234 },
    ],
    [
      { head: "name", cell: ({ name }) => name },
      { head: "count", cell: ({ count }) => String(count), align: "right" },
      { head: "", cell: () => "" },
    ],
    plain,
  );
  expect(table.split("\n")).toEqual(["name    count", "a           7", "longer   1234"]);
});

test("no colour code gets into a pipe, and none where NO_COLOR is set", () => {
  const colorCode = "\u001b[";
  const row = [{ a: "x" }];
  const columns = [{ head: "a", cell: ({ a }: { a: string }) => a }];
  expect(renderTable(row, columns, plain)).not.toContain(colorCode);
  expect(renderTable(row, columns, colorsFor({ isTTY: true }, {}))).toContain(colorCode);
  const refused = colorsFor({ isTTY: true }, { NO_COLOR: "1", FORCE_COLOR: "1" });
  expect(renderTable(row, columns, refused)).not.toContain(colorCode);
});

test("names of fields are padded to one width", () => {
  expect(
    renderFields(
      [
        ["run", "a"],
        ["params", "b"],
      ],
      plain,
    ),
  ).toBe("run     a\nparams  b");
});

test("a bar is full at the end only", () => {
  expect(progressBar(999, 1000, 4)).toBe("███░");
  expect(progressBar(1000, 1000, 4)).toBe("████");
  expect(progressBar(0, 10, 4)).toBe("░░░░");
  expect(progressBar(5, 0, 4)).toBe("░░░░");
  expect(progressBar(7, 5, 4)).toBe("████");
});
