import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { client } from "./api/client.js";
import { createCache } from "./api/createCache.js";
import { LiveUpdates } from "./api/liveUpdates.js";
import { router } from "./router.js";
import { LiveContext } from "./shell/useLive.js";
import { cssVariablesResolver, theme } from "./theme.js";

const cache = createCache();
const live = new LiveUpdates(client, cache);

export const App = () => (
  <MantineProvider
    theme={theme}
    cssVariablesResolver={cssVariablesResolver}
    defaultColorScheme="auto"
  >
    <QueryClientProvider client={cache}>
      <LiveContext value={live}>
        <RouterProvider router={router} />
      </LiveContext>
    </QueryClientProvider>
  </MantineProvider>
);
