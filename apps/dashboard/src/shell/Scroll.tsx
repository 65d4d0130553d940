import type { ReactNode } from "react";

/** What is wider than a narrow screen scrolls by itself, by keys too. */
export const Scroll = (props: { readonly label: string; readonly children: ReactNode }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys
  <section style={{ overflowX: "auto" }} aria-label={props.label} tabIndex={0}>
    {props.children}
  </section>
);
