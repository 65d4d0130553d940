import { readSettings } from "./settings.js";
import { startShop } from "./startShop.js";

try {
  const shop = await startShop(readSettings(process.env));
  console.log(`The shop is open at ${shop.url}`);
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void shop.close().finally(() => process.exit(0)));
} catch (error) {
  console.error(`shop: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
