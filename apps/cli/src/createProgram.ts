import { Command } from "commander";
import { addBackupCommands } from "./commands/backupCommands.js";
import { addBatchCommands } from "./commands/batchCommands.js";
import { addBestCommand } from "./commands/bestCommand.js";
import { addDatasetCommands } from "./commands/datasetCommands.js";
import { addExportCommands } from "./commands/exportCommands.js";
import { addKeyCommands } from "./commands/keyCommands.js";
import { addModelCommands } from "./commands/modelCommands.js";
import { addPredictCommand } from "./commands/predictCommand.js";
import { addRunCommands } from "./commands/runCommands.js";
import { addServerCommands } from "./commands/serverCommands.js";
import { addSweepCommands } from "./commands/sweepCommands.js";
import { addWebhookCommands } from "./commands/webhookCommands.js";
import { addWorkerCommands } from "./commands/workerCommands.js";
import { createAct } from "./context.js";

const EPILOGUE = `
Server and key come from --url and --key, else SWEEPYARD_URL and SWEEPYARD_API_KEY, else from
\`npm start\` in this folder or one above it (or in SWEEPYARD_HOME).

Exit codes:
  0    done
  1    the server refused, or what was watched failed or was cancelled
  2    wrong usage, or a file that breaks a rule
  3    the server can't be reached
  4    there is no such sweep, run, model or key
  5    to a trainer: stop, the sweep is over or the run is to go on no further
  6    to a trainer: there is no run just now, ask again
  130  Ctrl-C

First steps:
  sweepyard sweep submit examples/fashion-mnist.sweep.yaml --watch
  sweepyard best --metric test.accuracy
  sweepyard promote <run> --model fashion-mnist
  sweepyard predict shirt.png --model fashion-mnist`;

/** The whole command line. Commander's own complaints are thrown, not exited with. */
export function createProgram(version: string, signal: AbortSignal): Command {
  const program = new Command("sweepyard")
    .description("Submits sweeps and runs to a Sweepyard server, follows them, promotes the best.")
    .version(version)
    .option("--url <address>", "the server")
    .option("--key <key>", "the API key")
    .option("--json", "answer in JSON only")
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError("(--help tells more)")
    .addHelpText("after", EPILOGUE)
    .exitOverride();
  const act = createAct(signal);
  addSweepCommands(program, act);
  addRunCommands(program, act);
  addBestCommand(program, act);
  addModelCommands(program, act);
  addExportCommands(program, act);
  addPredictCommand(program, act);
  addBatchCommands(program, act);
  addDatasetCommands(program, act);
  addKeyCommands(program, act);
  addWebhookCommands(program, act);
  addWorkerCommands(program, act);
  addServerCommands(program, act);
  addBackupCommands(program, act);
  return program;
}
