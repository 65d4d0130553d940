// A program as sweeps run them, for tests: minimizes (x - 1)^2, step by step.
//   node program.mjs --x 0.5 --steps 4 [--pause-ms 10] [--then MODE]
import { spawn } from "node:child_process";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    x: { type: "string" },
    steps: { type: "string", default: "3" },
    "pause-ms": { type: "string", default: "0" },
    checkpoint: { type: "string" },
    /** What it does after its last step. */
    // biome-ignore lint/suspicious/noThenProperty: an option's name
    then: { type: "string", default: "end" },
  },
});
const file = values.checkpoint && `${values.checkpoint}/step.txt`;
const done = file && existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
console.log(`goes on after step ${done} in ${process.cwd()}`);
console.error("talks on its error output, too");

for (let step = done + 1; step <= Number(values.steps); step++) {
  await sleep(Number(values["pause-ms"]));
  console.log(JSON.stringify({ step, loss: (Number(values.x) - 1) ** 2 + 1 / step }));
  if (file === undefined) continue;
  writeFileSync(`${file}.new`, String(step));
  renameSync(`${file}.new`, file);
  console.log(JSON.stringify({ checkpoint: step }));
}

switch (values.then) {
  case "end":
    writeFileSync("model.json", JSON.stringify({ x: Number(values.x) }));
    writeFileSync("variables.json", JSON.stringify(process.env));
    break;
  case "nan":
    console.log("loss=nan");
    break;
  case "diverge":
    process.exit(3);
    break;
  case "crash":
    console.error("it is broken");
    process.exit(1);
    break;
  case "hoard": {
    const hoard = [];
    for (;;) {
      hoard.push(Buffer.alloc(8 * 1024 * 1024, 1));
      await sleep(5);
    }
  }
  case "hang": {
    process.on("SIGTERM", () => console.log("heard SIGTERM, and stays"));
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    console.log(`child=${child.pid}`);
    setInterval(() => {}, 1_000);
    break;
  }
  default:
    throw new Error(`no mode ${values.then}`);
}
