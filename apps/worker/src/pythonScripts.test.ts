import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { delimiter, dirname, join, resolve } from "node:path";
import { ListRuns } from "@sweepyard/contract";
import { listRuns, runArtifacts } from "@sweepyard/db";
import type {} from "@sweepyard/local/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { startTestSystem, type TestSystem } from "./testing/testSystem.js";

/**
 * The examples that tune Python scripts, as they are. They need a Python with scikit-learn, and with
 * torch for the second: SWEEPYARD_TEST_PYTHON names one, else it is python3.
 */

const python = process.env.SWEEPYARD_TEST_PYTHON ?? "python3";
const has = (module: string) => spawnSync(python, ["-c", `import ${module}`]).status === 0;
const examples = resolve(import.meta.dirname, "../../../examples");

const { PATH } = process.env;
let system: TestSystem;
beforeAll(async () => {
  system = await startTestSystem();
  // The scripts ask for python3: it is to be the one with the packages.
  const { stdout } = spawnSync(python, ["-c", "import sys; print(sys.executable)"]);
  process.env.PATH = `${dirname(String(stdout ?? "").trim())}${delimiter}${PATH}`;
});
afterAll(async () => {
  process.env.PATH = PATH;
  await system.close();
});

async function tune(file: string, changes: Record<string, unknown>, runs: number) {
  const sweep = parse(await readFile(join(examples, file), "utf8"));
  const worker = await system.startSupervisor({ SLOTS: "2", WORKER_COMMANDS: examples });
  const id = await system.submitSweep({ ...sweep, budget: { runs }, ...changes }, runs);
  const view = await vi.waitFor(
    async () => {
      const found = await system.sweep(id);
      expect(found.endedAt, JSON.stringify(found.counts)).not.toBeNull();
      return found;
    },
    { timeout: 120_000, interval: 100 },
  );
  await worker.stop();
  const { items } = await listRuns(system.db, system.projectId, ListRuns.parse({ sweepId: id }));
  return { view, items };
}

test.skipIf(!has("sklearn"))(
  "tunes a scikit-learn script as it is",
  async () => {
    const { view, items } = await tune("sklearn.sweep.yaml", {}, 3);
    expect(items.map(({ error }) => error?.message)).toEqual([undefined, undefined, undefined]);
    expect(view.counts).toMatchObject({ completed: 3 });
    expect(view.best?.value).toBeGreaterThan(0.5);
  },
  150_000,
);

test.skipIf(!has("torch, sklearn"))(
  "tunes a PyTorch script as it is, from its checkpoints",
  async () => {
    const { view, items } = await tune("torch.sweep.yaml", {}, 4);
    const { completed = 0, pruned = 0 } = view.counts;
    expect(items.map(({ error }) => error?.message)).toEqual(Array(4).fill(undefined));
    expect(completed + pruned).toBe(4);
    const best = items.find(({ state }) => state === "completed");
    expect(best).toMatchObject({ epoch: 9 });
    const files = await runArtifacts(system.db, system.projectId, best?.id ?? "");
    expect(files.map(({ fileName }) => fileName)).toContain("model.pt");
  },
  150_000,
);
