import type { BatchResult, Prediction } from "@sweepyard/contract";
import type { Settings } from "./settings.js";

export interface Tagged {
  readonly category: string;
  /** 0 to 1 */
  readonly confidence: number;
  readonly tags: Readonly<Record<string, number>>;
  /** A person looks at a doubtful item before shoppers see it. */
  readonly state: "shown" | "review";
}

type TagSettings = Pick<Settings, "SHOP_REVIEW_BELOW" | "SHOP_TAG_FROM" | "SHOP_TAG_GROUPS">;

/** @throws {Error} if the model is none that tells classes apart. */
export function requireClasses(
  predictions: NonNullable<BatchResult["predictions"]>,
): readonly Prediction[] {
  return predictions.map((prediction) => {
    if ("probability" in prediction) return prediction;
    throw new Error(`SHOP_MODEL says how much "${prediction.name}" is, and no class`);
  });
}

/**
 * What the model's answer makes of an item. A group of classes is as likely as all of them together:
 * the model may be unsure which shoe it is, and sure that it is one.
 * @param predictions of every class, most probable first.
 */
export function tagsOf(predictions: readonly Prediction[], settings: TagSettings): Tagged {
  const [best] = predictions;
  if (best === undefined) throw new Error("the model names no class");
  const shares = new Map(predictions.map(({ name, probability }) => [name, probability]));
  for (const [group, names] of Object.entries(settings.SHOP_TAG_GROUPS)) {
    const sum = names.reduce((total, name) => total + (shares.get(name) ?? 0), 0);
    shares.set(group, Math.min(1, sum));
  }
  const sure = [...shares].filter(([, share]) => share > 0 && share >= settings.SHOP_TAG_FROM);
  return {
    category: best.name,
    confidence: best.probability,
    tags: Object.fromEntries(sure),
    state: best.probability < settings.SHOP_REVIEW_BELOW ? "review" : "shown",
  };
}

/** The tags of a category that a person chose: it and its groups, without doubt. */
export const tagsOfCategory = (category: string, settings: TagSettings): Record<string, number> =>
  Object.fromEntries(
    [category]
      .concat(
        Object.keys(settings.SHOP_TAG_GROUPS).filter((group) =>
          settings.SHOP_TAG_GROUPS[group]?.includes(category),
        ),
      )
      .map((tag) => [tag, 1]),
  );
