import type { Id } from "@sweepyard/contract";
import type { Tx } from "./connect.js";

/**
 * Keeps in sweeps' pruning logs what earlier attempts have measured after `epoch` and is about to
 * be dropped: decisions were made from it. Of sweeps without a pruner nothing is kept.
 */
export async function logRewinds(
  tx: Tx,
  rewinds: readonly { readonly runId: Id; readonly epoch: number }[],
): Promise<void> {
  if (rewinds.length === 0) return;
  await tx.$executeRaw`
    insert into pruning_log (sweep_id, kind, entry)
    select s.id, 'rewound', json_build_object('kind', 'rewound', 'number', r.number,
      'attempt', (select max(a.number) from attempts a where a.run_id = r.id) + 1, 'points', (
        select json_agg(json_build_object('step', p.step - 1, 'value',
          case when p.value > '-Infinity' and p.value < 'Infinity' then to_json(p.value)
            else to_json(p.value::text) end) order by p.step)
        from metric_points p
        where p.run_id = r.id and p.name = s.objective_metric and p.step > w.epoch))
    from unnest(
      ${rewinds.map(({ runId }) => runId)}::uuid[], ${rewinds.map(({ epoch }) => epoch)}::int[]
    ) as w(id, epoch)
    join runs r on r.id = w.id join sweeps s on s.id = r.sweep_id
    where (s.pruner ->> 'name' <> 'none' or s.sampler ->> 'name' = 'pbt') and exists (
      select 1 from metric_points p
      where p.run_id = r.id and p.name = s.objective_metric and p.step > w.epoch)`;
}
