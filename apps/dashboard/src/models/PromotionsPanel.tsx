import type { PromotionState, PromotionView } from "@sweepyard/contract";
import { useQuery } from "@tanstack/react-query";
import { promotionsQuery } from "../api/queries.js";
import { formatAge, formatInstant } from "../format/formatTime.js";
import { useNow } from "../format/useNow.js";
import { GateList } from "../promotion/GateList.js";
import { Answer } from "../shell/Answer.js";
import { Panel } from "../shell/Panel.js";
import { Scroll } from "../shell/Scroll.js";
import styles from "./ModelsPage.module.css";

const SHOWN = 10;

const STATES: Readonly<Record<PromotionState, string>> = {
  promoted: "promoted",
  refused: "refused",
  waiting: "waits for approval",
  rejected: "not approved",
};

/** Promotions to a guarded alias, refused ones too, with what every gate found. */
export function PromotionsPanel({ model }: { readonly model: string }) {
  const query = useQuery(promotionsQuery(model));
  const now = useNow(30_000);
  // Where no policy guards an alias there is nothing to tell.
  if (query.data?.items.length === 0) return null;
  return (
    <Panel title="Promotions" scope="newest first" flush>
      <Answer query={query} height={90}>
        {({ items }) => (
          <Scroll label={`promotions of ${model}`}>
            <table className="data">
              <thead>
                <tr>
                  <th scope="col" className="number">
                    version
                  </th>
                  <th scope="col">to</th>
                  <th scope="col">outcome</th>
                  <th scope="col">gates</th>
                  <th scope="col">asked</th>
                </tr>
              </thead>
              <tbody>
                {items.slice(0, SHOWN).map((promotion) => (
                  <PromotionRow key={promotion.id} promotion={promotion} now={now} />
                ))}
              </tbody>
            </table>
          </Scroll>
        )}
      </Answer>
    </Panel>
  );
}

function PromotionRow(props: { readonly promotion: PromotionView; readonly now: number }) {
  const { version, alias, state, gates, forced, ...promotion } = props.promotion;
  const why = [promotion.reason, promotion.forceReason, promotion.decisionReason].filter(
    (text) => text !== null && text !== "",
  );
  return (
    <tr>
      <td className="number">{version}</td>
      <td>{alias}</td>
      <td>{STATES[state]}</td>
      <td className={styles.gates}>
        {gates.length === 0 ? "none" : <GateList gates={gates} forced={forced} />}
      </td>
      <td className={styles.asked} title={formatInstant(promotion.createdAt)}>
        {formatAge(promotion.createdAt, props.now)} by {promotion.askedBy}
        {promotion.decidedBy === null ? null : `, decided by ${promotion.decidedBy}`}
        {why.length === 0 ? null : <div className="dimmed">{why.join("; ")}</div>}
      </td>
    </tr>
  );
}
