import type { ErrorComponentProps } from "@tanstack/react-router";
import { Failure } from "./Answer.js";

/** A page that broke while drawing; a new version of the dashboard is the usual reason. */
export const PageFailure = ({ error }: ErrorComponentProps) => (
  <Failure
    error={error instanceof Error ? error : new Error(String(error))}
    retry={() => window.location.reload()}
    retrying={false}
  />
);
