import type { BaselineFolder } from "./baselineFolder.js";
import type { BaselineOptions, Comparison, Section } from "./section.js";

interface CompareSettings {
  readonly sections: readonly Section[];
  readonly options: BaselineOptions;
  print(line: string): void;
}

const MARKS: Record<Comparison["outcome"], string> = {
  passed: "ok  ",
  failed: "FAIL",
  skipped: "skip",
};

/**
 * Prints a line for each comparison and the totals last.
 * @returns 0 if all passed, 1 if something failed or nothing was compared.
 */
export function compareBaselines(
  folder: BaselineFolder,
  { sections, options, print }: CompareSettings,
): number {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const section of sections)
    for (const { name, outcome, detail } of section.compare(folder, options)) {
      counts[outcome]++;
      print(`${MARKS[outcome]} ${section.name} ${name}: ${detail}`);
    }
  if (counts.passed + counts.failed === 0)
    print("nothing was compared: see the options and FOLDER");
  print(`${counts.passed} passed, ${counts.failed} failed`);
  return counts.failed === 0 && counts.passed > 0 ? 0 : 1;
}
