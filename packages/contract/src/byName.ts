import { z } from "zod";
import { kerasName } from "./kerasNames.js";
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

  const refusal = (given: string): string => {
    const called = knownAs(/^[\w.]*?(\w+)\s*\(/.exec(given)?.[1]);
    if (called !== undefined)
      return `"${given}" is Python: write {"${tag}": "${called}", …} with its arguments as fields`;
    const near = kerasName(given, names) ?? knownAs(nearestName(given, [...known.keys()]));
    const hint = near === undefined ? "" : `; did you mean "${near}"?`;
    return `"${given}" is none of ${names.map((each) => `"${each}"`).join(", ")}${hint}`;
  };

  const form = z.preprocess((given: string | z.input<Schema>, ctx) => {
    if (typeof given === "string") {
      const name = knownAs(given);
      if (name !== undefined) return { [tag]: name };
      ctx.addIssue({ code: "custom", message: refusal(given), params: { rule: "unknown_name" } });
      return z.NEVER;
    }
    if (typeof given !== "object" || given === null) return given;
    const fields = new Map(Object.entries(given));
    // Keras' own configurations call every name class_name.
    if (tag === "name" && !fields.has(tag) && fields.has("class_name")) {
      fields.set(tag, fields.get("class_name"));
      fields.delete("class_name");
    }
    const name = knownAs(fields.get(tag));
    if (name !== undefined) fields.set(tag, name);
    return Object.fromEntries(fields);
  }, schema);
  nameForms.add(form, { names });
  return form;
}
