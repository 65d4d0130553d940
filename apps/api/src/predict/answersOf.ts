import { type LoadedModel, labelsOf } from "@sweepyard/engine";

/** What each row's outputs come to: a class's number, or the labels that are likelier than not. */
export function answersOf(
  { task, classNames }: Pick<LoadedModel, "task" | "classNames">,
  outputs: Float32Array,
): (number | string)[] {
  const width = classNames.length;
  if (task === "classification") return labelsOf(outputs, width);
  return Array.from({ length: outputs.length / width }, (_, row) =>
    [...outputs.subarray(row * width, (row + 1) * width)].map((p) => (p >= 0.5 ? 1 : 0)).join(""),
  );
}
