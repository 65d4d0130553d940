// Loaded into the API and the workers under test by `node --import`: lets the bench freeze a
// process's event loop and step its clock, which nothing outside the process could do.
import { readFileSync } from "node:fs";

const RealDate = Date;
let offsetMs = 0;

class SteppedDate extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + offsetMs);
    else super(...args);
  }

  static now() {
    return RealDate.now() + offsetMs;
  }
}
globalThis.Date = SteppedDate;

process.on("SIGUSR2", () => {
  const { freezeMs = 0, clockOffsetMs = offsetMs } = JSON.parse(
    readFileSync(process.env.FAULT_COMMAND, "utf8"),
  );
  offsetMs = clockOffsetMs;
  if (freezeMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, freezeMs);
});
