import { z } from "zod";

const FIELDS = "fields: ";

/** zod's strictObject, whose complaint about an unknown field also names those that there are. */
export function strictObject<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const names = Object.keys(shape);
  return z.strictObject(shape, {
    error: ({ code }) => (code === "unrecognized_keys" ? FIELDS + names.join(", ") : undefined),
  });
}

/** The fields that a complaint of `strictObject` names; none if the message is not one. */
export const fieldsOf = (message: string): string[] =>
  message.startsWith(FIELDS) ? message.slice(FIELDS.length).split(", ") : [];
