import { existsSync, readdirSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { TotalsReporter } from "./packages/local/src/totalsReporter.js";

/** Every workspace folder that holds tests is a project of its own, by its package's name. */
const projects = ["packages", "apps"]
  .flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}`))
  .concat("e2e")
  .filter((folder) => existsSync(`${folder}/package.json`));

export default defineConfig({
  test: {
    projects,
    // By default one core is left to Vitest itself, which idles: on two that is half the machine.
    maxWorkers: "100%",
    passWithNoTests: false,
    reporters: ["default", new TotalsReporter()],
  },
});
