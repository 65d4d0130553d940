import { startTransition, useEffect, useRef, useState } from "react";

/**
 * `value`, but changing at most once every `ms`, and drawn in pieces: what many runs are drawn anew
 * by never holds up a click. Undefined at first, whatever `value` is.
 */
export function useThrottled<T>(value: T, ms: number): T | undefined {
  const [shown, setShown] = useState<T | undefined>(undefined);
  const shownAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    if (value === undefined) return;
    const wait = Math.max(0, shownAt.current + ms - performance.now());
    const timer = setTimeout(() => {
      shownAt.current = performance.now();
      startTransition(() => setShown(value));
    }, wait);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return shown;
}
