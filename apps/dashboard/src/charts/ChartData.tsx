import { ActionIcon, Button, Modal, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDownload, IconTable } from "@tabler/icons-react";
import { formatCount, formatMetric } from "../format/formatNumber.js";
import { type ChartTable, toCsv } from "./chartTable.js";

const SHOWN_ROWS = 200;

/** A button that shows a chart's data as a table and saves them as CSV. */
export function ChartData(props: { readonly table: ChartTable }) {
  const { table } = props;
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Tooltip label="Data as a table or CSV">
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          onClick={open}
          aria-label={`${table.name}: data as a table or CSV`}
        >
          <IconTable size={16} />
        </ActionIcon>
      </Tooltip>
      <Modal opened={opened} onClose={close} title={table.name} size="xl">
        <Button
          size="xs"
          variant="default"
          leftSection={<IconDownload size={14} />}
          onClick={() => save(table)}
          mb="sm"
        >
          Download CSV
        </Button>
        <div style={{ overflow: "auto", maxHeight: "60vh" }}>
          <DataRows table={table} />
        </div>
      </Modal>
    </>
  );
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
        {table.rows.slice(0, SHOWN_ROWS).map((row) => (
          <tr key={String(row[0])}>
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

function save(table: ChartTable): void {
  const url = URL.createObjectURL(new Blob([toCsv(table)], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${table.name.replace(/[^\w-]+/g, "-")}.csv`;
  link.click();
  URL.revokeObjectURL(url);
}
