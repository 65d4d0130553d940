import { createContext, useContext, useEffect, useState, useSyncExternalStore } from "react";
import type { LiveStatus, LiveUpdates } from "../api/liveUpdates.js";
import { useNow } from "../format/useNow.js";

export const LiveContext = createContext<LiveUpdates | null>(null);

function useLiveUpdates(): LiveUpdates {
  const live = useContext(LiveContext);
  if (live === null) throw new Error("live updates need a LiveContext around them");
  return live;
}

export function useLiveStatus(): LiveStatus {
  const live = useLiveUpdates();
  return useSyncExternalStore(live.subscribe, live.getStatus);
}

/** The present moment by which running clocks go; it stands still while the data does. */
export function useLiveNow(everyMs: number, active = true): number {
  const { state, asOf } = useLiveStatus();
  const isStale = state === "reconnecting" || state === "ended";
  const now = useNow(everyMs, active && !isStale);
  return isStale ? Math.min(now, asOf) : now;
}

/** A page is not kept waiting longer than this for the stream. */
const PATIENCE_MS = 600;

/**
 * Follows events unless nobody `isSignedIn`; whoever does not know yet tries, so that the stream
 * stands by the time the answer is here.
 * @returns whether pages may ask their questions: once the stream stands, so that no change falls
 *   between an answer and the first event. It opens while the page's code is being fetched.
 */
export function useFollow(isSignedIn: boolean): boolean {
  const live = useLiveUpdates();
  const { state } = useLiveStatus();
  const [isPatient, setIsPatient] = useState(true);
  useEffect(() => {
    if (!isSignedIn) return;
    const connection = new AbortController();
    const timer = setTimeout(() => setIsPatient(false), PATIENCE_MS);
    void live.follow(connection.signal);
    return () => {
      clearTimeout(timer);
      connection.abort();
    };
  }, [isSignedIn, live]);
  return state !== "connecting" || !isPatient;
}
