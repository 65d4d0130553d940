import { type ReactNode, useId } from "react";
import styles from "./Panel.module.css";

/** One titled part of a page, with its own actions at the right of the title. */
export function Panel(props: {
  readonly title: ReactNode;
  /** What part of the data is shown, such as "best 50 of 10,000". */
  readonly scope?: ReactNode;
  readonly actions?: ReactNode;
  readonly flush?: boolean;
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    <section className={styles.panel} aria-labelledby={id}>
      <header className={styles.header}>
        <h2 id={id} className={styles.title}>
          {props.title}
        </h2>
        {props.scope === undefined ? null : <span className={styles.scope}>{props.scope}</span>}
        <div className={styles.actions}>{props.actions}</div>
      </header>
      <div className={props.flush === true ? styles.flush : styles.body}>{props.children}</div>
    </section>
  );
}
