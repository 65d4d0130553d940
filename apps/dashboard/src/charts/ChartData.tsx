import { ActionIcon, Button, Group, Modal } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDownload, IconTable } from "@tabler/icons-react";
import type { RefObject } from "react";
import { formatCount, formatMetric } from "../format/formatNumber.js";
import { type ChartTable, toCsv } from "./chartTable.js";
import type { PlotHandle } from "./Plot.js";

const SHOWN_ROWS = 200;

/** A button that shows a chart's data as a table, and saves them as CSV and the chart as a picture. */
export function ChartData(props: {
  readonly table: ChartTable;
  /** The plot whose picture can be saved. */
  readonly plot?: RefObject<PlotHandle | null>;
}) {
  const { table, plot } = props;
  const [opened, { open, close }] = useDisclosure(false);
  const button = (label: string, make: () => Promise<Blob> | Blob, extension: string) => (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconDownload size={14} />}
      onClick={async () => save(await make(), fileName(table, extension))}
    >
      {label}
    </Button>
  );
  return (
    <>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        onClick={open}
        title="Data as a table; CSV, PNG, SVG"
        aria-label={`${table.name}: data as a table or CSV${plot === undefined ? "" : ", picture as PNG or SVG"}`}
      >
        <IconTable size={16} />
      </ActionIcon>
      <Modal opened={opened} onClose={close} title={table.name} size="xl">
        <Group gap={6} mb="sm">
          {button("Download CSV", () => new Blob([toCsv(table)], { type: "text/csv" }), "csv")}
          {plot === undefined ? null : (
            <>
              {button("PNG", () => savedPlot(plot, "png"), "png")}
              {button("SVG", () => savedPlot(plot, "svg"), "svg")}
            </>
          )}
        </Group>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys */}
        <section style={{ overflow: "auto", maxHeight: "60vh" }} tabIndex={0} aria-label="data">
          <DataRows table={table} />
        </section>
      </Modal>
    </>
  );
}

async function savedPlot(plot: RefObject<PlotHandle | null>, kind: "png" | "svg"): Promise<Blob> {
  if (plot.current === null) throw new Error("there is no plot to save");
  return plot.current.save(kind);
}

function DataRows({ table }: { readonly table: ChartTable }) {
  const hidden = table.rows.length - SHOWN_ROWS;
  return (
    <table className="data">
      <thead>
        <tr>
          {table.columns.map((column, index) => (
            <th key={index} scope="col" className={index === 0 ? undefined : "number"}>
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {table.rows.slice(0, SHOWN_ROWS).map((row, place) => (
          <tr key={place}>
            {row.map((cell, index) => (
              <td key={index} className={typeof cell === "string" ? undefined : "number"}>
                {typeof cell === "string" ? cell : index === 0 ? cell : formatMetric(cell)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
      {hidden > 0 ? <caption>{formatCount(hidden)} more rows are in the CSV</caption> : null}
    </table>
  );
}

const fileName = (table: ChartTable, extension: string) =>
  `${table.name.replace(/[^\w-]+/g, "-")}.${extension}`;

/** Hands a file to the browser. */
export function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
