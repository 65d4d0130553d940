import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./mantine.css";
import "./global.css";

/**
 * The client's schemas and the page's components are fetched side by side and evaluated one after
 * the other: each is some 50 ms of a slow machine's main thread, and together they would be one
 * long task.
 */
const client = import("./api/client.js");
const page = import("./App.js");

const element = document.getElementById("root");
if (element === null) throw new Error("index.html has no element with the id root");
await client;
const { App } = await page;
createRoot(element).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
