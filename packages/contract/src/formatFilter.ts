import type { Filter, FilterField, FilterValue } from "./filter.js";

/** A filter as a person would write it; `parseFilter` reads it back as the same filter. */
export function formatFilter(filter: Filter): string {
  switch (filter.kind) {
    case "and":
      return filter.parts.map(inBrackets).join(" and ");
    case "or":
      return filter.parts.map(inBrackets).join(" or ");
    case "not":
      return `not ${inBrackets(filter.part)}`;
    case "compare":
      return `${fieldText(filter.field)} ${filter.op} ${valueText(filter.value)}`;
    case "in":
      return `${fieldText(filter.field)} in (${filter.values.map(valueText).join(", ")})`;
  }
}

/** A chain inside another has brackets, one of the same kind too: else they would become one. */
const inBrackets = (part: Filter): string =>
  part.kind === "and" || part.kind === "or" ? `(${formatFilter(part)})` : formatFilter(part);

/** `params.lr`, `metrics.val_loss`, `state`. */
export function fieldText(field: FilterField): string {
  switch (field.kind) {
    case "param":
      return `params.${field.name}`;
    case "metric":
      return `metrics.${field.name}`;
    case "column":
      return field.name;
  }
}

const PLAIN_WORD = /^[A-Za-z_][\w.\-/]*$/;
const KEYWORDS = new Set(["and", "or", "not", "in", "true", "false"]);

/** `relu`, `"two words"`, `0.5`: quoted where it would else be read as something else. */
export function valueText(value: FilterValue): string {
  if (typeof value !== "string") return String(value);
  if (PLAIN_WORD.test(value) && !KEYWORDS.has(value.toLowerCase())) return value;
  return `"${value.replace(/["\\]/g, "\\$&")}"`;
}
