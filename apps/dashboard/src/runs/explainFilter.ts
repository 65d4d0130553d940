import { AppError, parseFilter } from "@sweepyard/contract";

const MARK = "⟨here⟩";
const SHOWN = 24;

/** What is wrong with a filter, in one line; null if it can be read or is empty. */
export function explainFilter(text: string): string | null {
  if (text.trim() === "") return null;
  try {
    parseFilter(text);
    return null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return pointOut(error.errors[0]?.message ?? error.message);
  }
}

/** "why: before⟨here⟩after" of the contract, as "why, after “before”". */
export function pointOut(message: string): string {
  const at = message.indexOf(MARK);
  const colon = message.lastIndexOf(": ", at);
  if (at < 0 || colon < 0) return message;
  const why = message.slice(0, colon);
  const before = message.slice(colon + 2, at).trim();
  if (before === "") return why;
  const end = before.length > SHOWN ? `…${before.slice(-SHOWN)}` : before;
  return `${why}, after “${end}”`;
}
