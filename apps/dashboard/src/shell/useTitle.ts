import { useEffect } from "react";

/** Names the browser's tab after what the page shows. */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    if (title === undefined) return;
    document.title = `${title} · Sweepyard`;
    return () => {
      document.title = "Sweepyard";
    };
  }, [title]);
}
