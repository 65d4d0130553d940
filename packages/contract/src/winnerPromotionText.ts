import type { SweepView } from "./views.js";

/**
 * How it stands with a sweep's wish to promote its winner, without a full stop, such as
 * `version 3 of "shirts" became champion`; null: it has none.
 */
export function winnerPromotionText(
  sweep: Pick<SweepView, "state" | "promote" | "promotion">,
): string | null {
  const { promote, promotion } = sweep;
  if (promote === null) return null;
  const { model, alias } = promote;
  if (promotion === null)
    return sweep.state === "cancelled"
      ? `nothing becomes ${alias} of "${model}": the sweep was cancelled`
      : `the winner becomes ${alias} of "${model}" once the sweep has completed, if the gates let it`;
  const { state, version, detail } = promotion;
  const which = `version ${version} of "${model}"`;
  switch (state) {
    case "promoted":
      return `${which} became ${alias}`;
    case "waiting":
      return `${which} waits for approval to become ${alias}`;
    case "rejected":
      return `${which} was not approved to become ${alias}`;
    case "refused":
      return `${which} did not become ${alias}: ${detail}`;
    case "no_winner":
      return `nothing became ${alias} of "${model}": ${detail}`;
    case "failed":
      return `whether the winner may become ${alias} of "${model}" could not be judged: ${detail}`;
  }
}
