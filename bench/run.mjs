/** `pnpm bench <name> [options]` */
const BENCHMARKS = {
  serve: () => import("./serve.mjs"),
  batch: () => import("./batch.mjs"),
  exports: () => import("./exports.mjs"),
  engine: () => import("./engine.mjs"),
  sweep: () => import("./sweep.mjs"),
  dashboard: () => import("../e2e/dist/board/main.js"),
  search: () => import("./search.mjs"),
  asha: () => import("./asha.mjs"),
  load: () => import("../e2e/dist/load/main.js"),
};

const [name = "", ...options] = process.argv.slice(2);
const load = BENCHMARKS[name];
if (load === undefined) {
  console.error(`usage: pnpm bench <name> [options]; names: ${Object.keys(BENCHMARKS).join(", ")}`);
  process.exitCode = 2;
} else {
  process.exitCode = await (await load()).run(options);
}
