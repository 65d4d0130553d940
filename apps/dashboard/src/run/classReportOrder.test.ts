import { expect, test } from "vitest";
import { classReportOrder } from "./classReportOrder.js";

const row = (label: number, name: string, f1: number) => ({
  label,
  name,
  f1,
  precision: 0,
  recall: 0,
  rocAuc: null,
  support: 10,
});

test("the weakest classes come first, ties and no order by label", () => {
  const rows = [row(0, "Top", 0.8), row(1, "Bag", 0.9), row(2, "Shirt", 0.6), row(3, "Coat", 0.8)];
  const names = (column: Parameters<typeof classReportOrder>[1]) =>
    classReportOrder(rows, column).map((r) => r.name);
  expect(names("f1")).toEqual(["Shirt", "Top", "Coat", "Bag"]);
  expect(names("name")).toEqual(["Bag", "Coat", "Shirt", "Top"]);
  expect(names(null)).toEqual(["Top", "Bag", "Shirt", "Coat"]);
});
