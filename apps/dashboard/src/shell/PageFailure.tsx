import type { ErrorComponentProps } from "@tanstack/react-router";
import { Failure } from "./Answer.js";
import { failedPage } from "./failedPage.js";

/** A page that broke while it was fetched or drawn; a new version of the dashboard is the usual reason. */
export const PageFailure = ({ error }: ErrorComponentProps) => (
  <Failure error={failedPage(error)} retry={() => window.location.reload()} retrying={false} />
);
