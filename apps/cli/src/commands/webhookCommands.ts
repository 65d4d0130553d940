import {
  type DeliveryView,
  Id,
  WEBHOOK_EVENTS,
  WebhookEventType,
  type WebhookView,
} from "@sweepyard/contract";
import type { Command } from "commander";
import { as, asList } from "../argumentParsers.js";
import type { Act, Context } from "../context.js";
import { formatAge, NONE } from "../format/figures.js";
import { renderTable } from "../format/table.js";

interface AddOptions {
  readonly events: WebhookEventType[];
  readonly description?: string;
}

export function addWebhookCommands(program: Command, act: Act): void {
  const webhook = program.command("webhook").description("have a backend told what happened");
  webhook
    .command("add")
    .description("register an address; its secret is shown this once")
    .argument("<url>", "where events are posted")
    .option("--events <list>", `of ${WEBHOOK_EVENTS.join(", ")}`, asList(WebhookEventType), [
      "batch.completed",
    ] satisfies WebhookEventType[])
    .option("--description <text>", "to know it by")
    .action(
      act(async ({ output, connect }: Context, url: string, options: AddOptions) => {
        const made = await (await connect()).webhooks.create({ url, ...options });
        output.answer(made, () => describeSecret(made));
      }),
    );

  webhook
    .command("list")
    .description("list webhooks")
    .action(
      act(async ({ output, connect }: Context) => {
        const { items } = await (await connect()).webhooks.list();
        output.answer({ items }, () => renderWebhooks(items, output.colors));
      }),
    );

  webhook
    .command("rotate")
    .description("replace a webhook's secret; the old one signs, too, for a day")
    .argument("<webhook>", "its id", as(Id))
    .action(
      act(async ({ output, connect }: Context, id: string) => {
        const made = await (await connect()).webhooks.rotateSecret(id);
        output.answer(made, () => describeSecret(made));
      }),
    );

  webhook
    .command("test")
    .description("send an event webhook.test")
    .argument("<webhook>", "its id", as(Id))
    .action(
      act(async ({ output, connect }: Context, id: string) => {
        const delivery = await (await connect()).webhooks.test(id);
        output.answer(delivery, () => `delivery ${delivery.id} is on its way`);
      }),
    );

  webhook
    .command("deliveries")
    .description("what was sent, newest first")
    .argument("<webhook>", "its id", as(Id))
    .action(
      act(async ({ output, connect }: Context, id: string) => {
        const page = await (await connect()).webhooks.deliveries(id);
        output.answer(page, () => renderDeliveries(page.items, output.colors, Date.now()));
      }),
    );

  webhook
    .command("redeliver")
    .description("send a delivery again, under its id")
    .argument("<webhook>", "its id", as(Id))
    .argument("<delivery>", "the delivery's", as(Id))
    .action(
      act(async ({ output, connect }: Context, id: string, deliveryId: string) => {
        const delivery = await (await connect()).webhooks.redeliver(id, deliveryId);
        output.answer(delivery, () => `delivery ${delivery.id} is on its way`);
      }),
    );

  webhook
    .command("remove")
    .description("delete a webhook with its deliveries")
    .argument("<webhook>", "its id", as(Id))
    .action(
      act(async ({ output, connect }: Context, id: string) => {
        await (await connect()).webhooks.delete(id);
        output.answer({ deleted: id }, () => `deleted ${id}`);
      }),
    );
}

const describeSecret = ({ webhook, secret }: { webhook: WebhookView; secret: string }): string =>
  [`webhook ${webhook.id} to ${webhook.url}`, `secret ${secret} (shown this once)`].join("\n");

function renderWebhooks(
  webhooks: readonly WebhookView[],
  colors: Context["output"]["colors"],
): string {
  if (webhooks.length === 0) return "no webhooks yet";
  return renderTable(
    webhooks,
    [
      { head: "webhook", cell: ({ id }) => id },
      { head: "address", cell: ({ url }) => url },
      { head: "events", cell: ({ events }) => events.join(", ") },
      {
        head: "state",
        cell: ({ enabled, disabledReason }) => (enabled ? "on" : (disabledReason ?? "off")),
      },
    ],
    colors,
  );
}

function renderDeliveries(
  deliveries: readonly DeliveryView[],
  colors: Context["output"]["colors"],
  now: number,
): string {
  if (deliveries.length === 0) return "nothing was sent yet";
  return renderTable(
    deliveries,
    [
      { head: "delivery", cell: ({ id }) => id },
      { head: "event", cell: ({ type }) => type },
      { head: "state", cell: ({ state }) => state },
      { head: "attempts", cell: ({ attempts }) => String(attempts.length), align: "right" },
      { head: "last", cell: ({ attempts }) => lastWord(attempts.at(-1)) },
      { head: "made", cell: ({ createdAt }) => formatAge(createdAt, now) },
    ],
    colors,
  );
}

const lastWord = (attempt: DeliveryView["attempts"][number] | undefined): string =>
  attempt === undefined ? NONE : (attempt.error ?? `${attempt.status} in ${attempt.ms} ms`);
