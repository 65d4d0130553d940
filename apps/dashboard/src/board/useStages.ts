import { startTransition, useEffect, useState } from "react";

/**
 * How many of a page's parts are drawn by now, up to `count`: each comes once the one before it is
 * on the screen, so that a full page is several short tasks and not one long one.
 */
export function useStages(count: number): number {
  const [stage, setStage] = useState(1);
  useEffect(() => {
    if (stage >= count) return;
    const frame = requestAnimationFrame(() => startTransition(() => setStage(stage + 1)));
    return () => cancelAnimationFrame(frame);
  }, [stage, count]);
  return stage;
}
