import { IconMapQuestion } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { EmptyState } from "./EmptyState.js";

/** A page of something that this project does not have. */
export const NoSuch = (props: { readonly what: "sweep" | "run" }) => (
  <EmptyState
    isPage
    icon={<IconMapQuestion size={36} stroke={1.4} />}
    title={`There is no such ${props.what}`}
  >
    <p>
      The project you are signed in to has no {props.what} with this id. Its address may have been
      mistyped, or it belongs to another project.
    </p>
    <Link to={props.what === "sweep" ? "/sweeps" : "/runs"}>All {props.what}s</Link>
  </EmptyState>
);
