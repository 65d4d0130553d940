import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { starterDraft } from "./sweepDraft.js";
import { readText, toText } from "./sweepText.js";

const hostile = { ...starterDraft("shapes"), name: `it's "odd" $(id) \`id\`\nEND_OF_SWEEP` };
const origin = "http://127.0.0.1:8080";

test.each(["YAML", "JSON"] as const)("%s reads back as what was written", (form) => {
  expect(readText(toText(hostile, form, origin))).toEqual(hostile);
});

test("an optimizer's name alone becomes what the form's fields belong to", () => {
  const { plan } = readText("plan: { optimizer: sgd }");
  expect(plan).toEqual({ optimizer: { class_name: "SGD" } });
  const unknown = readText("plan: { optimizer: sdg }");
  expect(unknown.plan).toEqual({ optimizer: "sdg" });
});

test("what is no sweep says so, and what is no YAML says where", () => {
  expect(() => readText("- 1")).toThrow(/fields with names/);
  expect(() => readText("a: [1")).toThrow(/line 1|line 2/);
});

test("a shell hands on curl's arguments and the CLI's file unchanged", () => {
  const run = (script: string) => execFileSync("sh", ["-c", script], { encoding: "utf8" });
  const curl = run(
    `curl() { for last; do :; done; printf %s "$last"; }\n${toText(hostile, "curl", origin)}`,
  );
  expect(JSON.parse(curl)).toEqual(hostile);
  const cli = run(`sweepyard() { cat; }\n${toText(hostile, "CLI", origin)}`);
  expect(parse(cli)).toEqual(hostile);
});

test("the TypeScript holds the sweep as an object", () => {
  const code = toText(hostile, "TypeScript", origin);
  const body = /create\((\{[\s\S]*\})\);/.exec(code)?.[1] ?? "";
  expect(JSON.parse(body)).toEqual(hostile);
});
