#!/usr/bin/env node
import { readFileSync } from "node:fs";
import process from "node:process";
import { CommanderError } from "commander";
import { goToCallersFolder } from "./calledFrom.js";
import { createProgram } from "./createProgram.js";
import { EXIT, renderFailure, toFailure } from "./failure.js";
import { colorsFor } from "./format/colors.js";

const { version } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
) as { version: string };

const interrupt = new AbortController();
// Not `once`: log-update ends the process by itself as soon as nobody else listens.
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted); // the second Ctrl-C is meant
    interrupt.abort();
  });

// `sweepyard runs | head` closes the pipe: nobody is left to tell.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.ok);
  throw error;
});

try {
  goToCallersFolder();
  await createProgram(version, interrupt.signal).parseAsync();
} catch (error) {
  const failure = toFailure(error, interrupt.signal);
  if (failure === null) {
    const isHelp = error instanceof CommanderError && error.exitCode === 0;
    process.exitCode = isHelp ? EXIT.ok : EXIT.usage;
  } else {
    const colors = colorsFor(process.stderr, process.env);
    const asksJson = process.argv.includes("--json");
    process.stderr.write(
      `${asksJson ? JSON.stringify({ error: failure }) : renderFailure(failure, colors)}\n`,
    );
    process.exitCode = failure.exitCode;
  }
}
