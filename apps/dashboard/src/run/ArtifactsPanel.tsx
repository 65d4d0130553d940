import { API_PREFIX, type ArtifactView, type RunView } from "@sweepyard/contract";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { runArtifactsQuery } from "../api/queries.js";
import { formatBytes } from "../format/formatNumber.js";
import { Answer } from "../shell/Answer.js";
import { Panel } from "../shell/Panel.js";
import { Scroll } from "../shell/Scroll.js";

/** Files to download, those that a program has left by themselves; nothing is shown while there are none. */
export function ArtifactsPanel({ run }: { readonly run: RunView }) {
  const query = useQuery(runArtifactsQuery(run.id));
  return (
    <>
      <Files title="Output files" query={query} holds={({ kind }) => kind === "output"} />
      <Files title="Artifacts" query={query} holds={({ kind }) => kind !== "output"} />
    </>
  );
}

function Files(props: {
  readonly title: string;
  readonly query: UseQueryResult<{ items: ArtifactView[] }>;
  readonly holds: (file: ArtifactView) => boolean;
}) {
  const { title, query, holds } = props;
  const files = query.data?.items.filter(holds) ?? [];
  if (query.data !== undefined && files.length === 0) return null;
  if (query.data === undefined && title !== "Artifacts") return null; // one says that they are fetched
  return (
    <Panel title={title} flush>
      <Answer query={query} height={60}>
        {() => (
          <Scroll label={`table of ${title.toLowerCase()}`}>
            <table className="data">
              <tbody>
                {files.map((artifact) => (
                  <tr key={artifact.id}>
                    <td>
                      <a
                        className="link"
                        href={`${API_PREFIX}/artifacts/${artifact.id}/content`}
                        download={artifact.fileName}
                      >
                        {artifact.fileName}
                      </a>
                    </td>
                    <td>{artifact.kind}</td>
                    <td className="number">{formatBytes(artifact.bytes)}</td>
                    <td className="mono dimmed" title={`SHA-256 ${artifact.sha256}`}>
                      {artifact.sha256.slice(0, 12)}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        )}
      </Answer>
    </Panel>
  );
}
