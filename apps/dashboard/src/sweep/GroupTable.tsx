import { withChoices, withRange } from "../board/clauses.js";
import { prepareGroups, type RunGroup } from "../board/prepareGroups.js";
import type { Board } from "../board/useBoard.js";
import { formatCount, formatMetric } from "../format/formatNumber.js";

/** The selected runs by state or by a param, best group first; a group's name selects its runs. */
export function GroupTable(props: { readonly board: Board; readonly by: string }) {
  const { board, by } = props;
  const { metric } = board.sweep.objective;
  const groups = prepareGroups(board.set, board.mask, by, board.maximize);
  const filter = board.search.filter ?? "";
  const select = ({ select: chosen }: RunGroup) => {
    if (chosen === null) return;
    const next =
      "range" in chosen
        ? withRange(filter, chosen.field, chosen.range)
        : withChoices(filter, chosen.field, chosen.values);
    board.update({ filter: next, group: undefined });
  };
  return (
    <div style={{ overflowX: "auto", maxHeight: 420 }}>
      <table className="data">
        <thead>
          <tr>
            <th scope="col">{by}</th>
            <th scope="col" className="number">
              runs
            </th>
            <th scope="col" className="number">
              completed
            </th>
            <th scope="col" className="number">
              best {metric}
            </th>
            <th scope="col" className="number">
              median {metric}
            </th>
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <tr key={group.label}>
              <th scope="row">
                {group.select === null ? (
                  group.label
                ) : (
                  <button type="button" className="plain-button" onClick={() => select(group)}>
                    {group.label}
                  </button>
                )}
              </th>
              <td className="number">{formatCount(group.runs)}</td>
              <td className="number">{formatCount(group.completed)}</td>
              <td className="number">{formatMetric(group.best)}</td>
              <td className="number">{formatMetric(group.median)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
