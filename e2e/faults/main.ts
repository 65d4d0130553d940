import { parseArgs } from "node:util";
import { LEASE_MS, RECONCILE_MS } from "./faultSystem.js";
import { recoveryTable } from "./recoveryTable.js";
import { runFaults } from "./runFaults.js";

const USAGE = `pnpm faults [--seed N] [--faults COUNT] [--only NAME] [--workers N] [--slots N]

Starts the real system on stores of its own, lets a workload run on it, and breaks it COUNT times in
the order that the seed gives. At the end everything that is stored is checked.

  --seed N        of the schedule (1)
  --faults COUNT  how many (200)
  --only NAME     only faults whose name contains NAME
  --workers N     worker processes (2)
  --slots N       of each worker (2)

Needs Linux, and root for the one fault that fills a disk. Ends with exit status 1 if anything was
lost, doubled or wrong.
`;

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    faults: { type: "string", default: "200" },
    only: { type: "string" },
    workers: { type: "string", default: "2" },
    slots: { type: "string", default: "2" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) process.stdout.write(USAGE);
else {
  const began = performance.now();
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => stopping.abort(new Error(`stopped by ${signal}`)));
  const result = await runFaults({
    signal: stopping.signal,
    seed: wholeNumber("seed", values.seed),
    faults: wholeNumber("faults", values.faults),
    only: values.only,
    system: {
      workers: wholeNumber("workers", values.workers),
      slots: wholeNumber("slots", values.slots),
    },
    say: (line) => process.stdout.write(`${line}\n`),
  });
  process.stdout.write(
    `\n${recoveryTable(result.injected)}\n\n` +
      `Lease ${LEASE_MS / 1000} s, repairs every ${RECONCILE_MS / 1000} s: runs of a lost worker are to be in other hands within ${(LEASE_MS + RECONCILE_MS) / 1000} s.\n`,
  );
  for (const { rule, what } of result.violations) process.stdout.write(`WRONG ${rule}: ${what}\n`);
  const { injected, violations, runs, completed, attempts, sweeps, points, refused } = result;
  const minutes = ((performance.now() - began) / 60_000).toFixed(1);
  process.stdout.write(
    `${injected.length} faults in ${minutes} min: ${sweeps} sweeps, ${runs} runs (${completed} completed) in ${attempts} attempts, ` +
      `${points} metric points, ${refused} requests refused, ${violations.length} violations\n`,
  );
  process.exitCode = violations.length === 0 ? 0 : 1;
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  process.stderr.write(`--${name} takes a whole number, not "${text}"\n`);
  process.exit(2);
}
