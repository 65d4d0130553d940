import process from "node:process";

/** How this program was called, so that a printed command can be pasted as it stands. */
export const commandName: string =
  process.env.npm_lifecycle_event === "sweepyard" ? "npm run -s sweepyard --" : "sweepyard";
