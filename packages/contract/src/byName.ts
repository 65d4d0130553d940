import { z } from "zod";
import { nearestName } from "./nearestName.js";

/** A discriminated union of objects. */
interface Forms extends z.ZodType {
  readonly options: readonly { readonly shape: Readonly<Record<string, unknown>> }[];
}

/** The schemas that `byName` has made, for a description of the API: the names that each takes. */
export const nameForms = z.registry<{ readonly names: readonly string[] }>();

/** What `byName` makes; with a name, since tsc gives up at types of a length. */
export interface ByName<Schema extends z.ZodType>
  extends z.ZodPreprocess<Schema, string | z.input<Schema>> {}

/**
 * A union of objects told apart by `tag`, in which a name alone stands for that object with its
 * defaults, as in `compile(optimizer="adam", loss="mse")`. Keras reads these names in either case,
 * and so does this, also where they stand in `tag` itself.
 * @param aliases other names, in lower case.
 */
export function byName<Schema extends Forms>(
  tag: string,
  schema: Schema,
  aliases: Readonly<Record<string, string>> = {},
): ByName<Schema> {
  const names = schema.options.map(({ shape }) => (shape[tag] as z.ZodLiteral<string>).value);
  const known = new Map(Object.entries(aliases));
  for (const name of names) known.set(name.toLowerCase(), name);
  const knownAs = (name: unknown) =>
    typeof name === "string" ? known.get(name.toLowerCase()) : undefined;

  const form = z.preprocess((given: string | z.input<Schema>, ctx) => {
    if (typeof given === "string") {
      const name = knownAs(given);
      if (name !== undefined) return { [tag]: name };
      const near = knownAs(nearestName(given, [...known.keys()]));
      const hint = near === undefined ? "" : `; did you mean "${near}"?`;
      const all = names.map((each) => `"${each}"`).join(", ");
      const message = `"${given}" is none of ${all}${hint}`;
      ctx.addIssue({ code: "custom", message, params: { rule: "unknown_name" } });
      return z.NEVER;
    }
    if (typeof given !== "object" || given === null) return given;
    const name = knownAs(new Map(Object.entries(given)).get(tag));
    return name === undefined ? given : { ...given, [tag]: name };
  }, schema);
  nameForms.add(form, { names });
  return form;
}
