import { type ApiKeyView, Id, Scope } from "@sweepyard/contract";
import type { Command } from "commander";
import { as, asCount, asList } from "../argumentParsers.js";
import type { Act, Context } from "../context.js";
import { formatAge, NONE } from "../format/figures.js";
import { renderTable } from "../format/table.js";

interface CreateOptions {
  readonly name: string;
  readonly scopes: Scope[];
  readonly expiresDays?: number;
}

export function addKeyCommands(program: Command, act: Act): void {
  const key = program.command("key").description("make, list and revoke API keys");

  key
    .command("create")
    .description("make an API key; its secret is shown this once")
    .requiredOption("--name <name>", "who or what uses it")
    .requiredOption("--scopes <scopes>", `by commas: ${Scope.options.join(", ")}`, asList(Scope))
    .option("--expires-days <days>", "refused after so many days", asCount)
    .action(
      act(async ({ output, connect, signal }: Context, options: CreateOptions) => {
        const { name, scopes, expiresDays: expiresInDays } = options;
        const client = await connect();
        const created = await client.keys.create({ name, scopes, expiresInDays }, { signal });
        output.answer(created, () => {
          if (!output.json) output.progress("kept nowhere else: store it now");
          return created.secret;
        });
      }),
    );

  key
    .command("list")
    .description("list API keys")
    .action(
      act(async ({ output, connect, signal }: Context) => {
        const { items } = await (await connect()).keys.list({ signal });
        output.answer({ items }, () => renderKeys(items, output.colors, Date.now()));
      }),
    );

  key
    .command("revoke")
    .description("revoke an API key")
    .argument("<id>", "the key's id", as(Id))
    .action(
      act(async ({ output, connect, signal }: Context, id: string) => {
        await (await connect()).keys.revoke(id, { signal });
        output.answer({ id, revoked: true }, () => `${id} is revoked`);
      }),
    );
}

function renderKeys(
  keys: readonly ApiKeyView[],
  colors: Context["output"]["colors"],
  now: number,
): string {
  return renderTable(
    keys,
    [
      { head: "name", cell: ({ name }) => name },
      { head: "begins", cell: ({ prefix }) => `${prefix}…` },
      { head: "scopes", cell: ({ scopes }) => scopes.join(", ") },
      { head: "last used", cell: ({ lastUsedAt }) => formatAge(lastUsedAt, now), align: "right" },
      { head: "expires", cell: ({ expiresAt }) => expiresAt?.slice(0, 10) ?? NONE },
      { head: "key", cell: ({ id }) => id },
    ],
    colors,
  );
}
