import { parse, stringify } from "yaml";
import { type Draft, isRecord, withOptimizerFields } from "./sweepDraft.js";

/** A draft as text to edit, and as something to run elsewhere. */

export const TEXT_FORMS = ["YAML", "JSON", "curl", "CLI", "TypeScript"] as const;
export type TextForm = (typeof TEXT_FORMS)[number];

export const isEditable = (form: TextForm): boolean => form === "YAML" || form === "JSON";

/** @param origin where the API is, such as http://127.0.0.1:8080 */
export function toText(draft: Draft, form: TextForm, origin: string): string {
  switch (form) {
    case "YAML":
      return toYaml(draft);
    case "JSON":
      return `${JSON.stringify(draft, null, 2)}\n`;
    case "curl":
      return `curl -s ${shellQuote(`${origin}/api/v1/sweeps`)} \\
  -H "Authorization: Bearer $SWEEPYARD_API_KEY" \\
  -H 'Content-Type: application/json' \\
  -d ${shellQuote(JSON.stringify(draft, null, 2))}
`;
    case "CLI":
      return `sweepyard sweep submit - --watch <<'${HERE}'
${toYaml(draft).trimEnd()}
${HERE}
`;
    case "TypeScript":
      return `import { createClient } from "@sweepyard/client";

const client = createClient({
  baseUrl: ${JSON.stringify(origin)},
  apiKey: process.env.SWEEPYARD_API_KEY,
});
const sweep = await client.sweeps.create(${JSON.stringify(draft, null, 2)});
console.log(sweep.id);
`;
  }
}

/** No line of YAML is just this: a text of several lines is indented. */
const HERE = "END_OF_SWEEP";

const toYaml = (draft: Draft): string =>
  stringify(draft, { lineWidth: 100, flowCollectionPadding: true });

const shellQuote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** YAML is a superset of JSON, so one parser reads both. @throws {Error} that says where it breaks. */
export function readText(text: string): Draft {
  const draft: unknown = parse(text);
  if (!isRecord(draft)) throw new Error("a sweep is fields with names, such as name: my sweep");
  return withOptimizerFields(draft);
}
