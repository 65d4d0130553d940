import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { precompress } from "./precompress.js";

/** The API that `vite dev` passes requests on to; in production the API serves the dashboard. */
const api = process.env.SWEEPYARD_API ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), precompress()],
  server: {
    host: "127.0.0.1",
    proxy: Object.fromEntries(
      ["/api", "/login", "/logout", "/queues", "/docs", "/openapi.json"].map((path) => [path, api]),
    ),
  },
  // An inlined asset would be a data: URL, which the server's content security policy refuses.
  build: {
    assetsInlineLimit: 0,
    sourcemap: false,
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      output: {
        // A page costs a handful of requests, and a new page changes no library's file.
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            // Fetched when somebody tries a model.
            { name: "onnxruntime", test: /node_modules.*[/]onnxruntime-/, priority: 4 },
            {
              name: "table",
              test: /node_modules.*@tanstack[\\/](react-)?(table|virtual)/,
              priority: 3,
            },
            { name: "yaml", test: /node_modules.*[\\/]yaml[\\/]/, priority: 3 },
            {
              name: "contract",
              test: /packages[\\/](client|contract)|node_modules.*[\\/](zod|eventsource-parser)[\\/]/,
              priority: 3,
            },
            { name: "vendor", test: /node_modules/, priority: 2 },
            { name: "runs", test: /src[\\/](runs|charts|run|compare)[\\/]/, minShareCount: 2 },
            { name: "shared", test: /src[\\/]/, minShareCount: 3, priority: 1 },
          ],
        },
      },
    },
  },
});
