import { Button, Checkbox, Menu, NativeSelect, Popover } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconColumns3, IconDownload, IconLink } from "@tabler/icons-react";
import { reportFailure } from "../api/actions.js";
import { client } from "../api/client.js";
import type { Board } from "../board/useBoard.js";
import { save } from "../charts/ChartData.js";
import styles from "./TableMenu.module.css";
import { ViewsMenu } from "./ViewsMenu.js";

/** Group, columns, export, and the view's address: what can be done with the table as a whole. */
export function TableMenu(props: {
  readonly board: Board;
  readonly sort: string;
  /** Ids of all columns, and which of them are shown. */
  readonly columns: readonly { readonly id: string; readonly label: string }[];
  readonly shown: ReadonlySet<string>;
  readonly onToggle: (id: string, on: boolean) => void;
}) {
  const { board, sort, columns, shown } = props;
  const { sweep, search, update } = board;
  const exportAs = (format: "csv" | "json") =>
    client.runs
      .export({
        sweepId: sweep.id,
        sort,
        format,
        ...(search.filter !== undefined && { filter: search.filter }),
      })
      .then(async (answer) => save(await answer.blob(), `runs.${format}`))
      .catch(reportFailure("The export"));
  const copyLink = () =>
    navigator.clipboard
      .writeText(window.location.href)
      .then(() => notifications.show({ message: "The address of this view is copied." }))
      .catch(reportFailure("To copy the address"));
  return (
    <>
      <NativeSelect
        size="xs"
        aria-label="group runs by"
        data={[
          { value: "", label: "no groups" },
          ...["state", ...Object.keys(sweep.space)].map((name) => ({
            value: name,
            label: `by ${name}`,
          })),
        ]}
        value={search.group ?? ""}
        onChange={(event) => update({ group: event.currentTarget.value || undefined })}
      />
      <Popover position="bottom-end" shadow="md" trapFocus>
        <Popover.Target>
          <Button size="compact-xs" variant="default" leftSection={<IconColumns3 size={14} />}>
            Columns
          </Button>
        </Popover.Target>
        <Popover.Dropdown className={styles.columns} aria-label="columns of the table">
          {columns.map(({ id, label }) => (
            <Checkbox
              key={id}
              size="xs"
              label={label}
              checked={shown.has(id)}
              onChange={(event) => props.onToggle(id, event.currentTarget.checked)}
            />
          ))}
        </Popover.Dropdown>
      </Popover>
      <ViewsMenu />
      <Menu position="bottom-end">
        <Menu.Target>
          <Button size="compact-xs" variant="default" leftSection={<IconDownload size={14} />}>
            Export
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void exportAs("csv")}>CSV, every param and metric</Menu.Item>
          <Menu.Item onClick={() => void exportAs("json")}>JSON, every field</Menu.Item>
          <Menu.Item leftSection={<IconLink size={14} />} onClick={() => void copyLink()}>
            Copy this view's address
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
