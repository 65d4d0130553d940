import { API_PREFIX, type RunView } from "@sweepyard/contract";
import { useQuery } from "@tanstack/react-query";
import { runArtifactsQuery } from "../api/queries.js";
import { formatBytes } from "../format/formatNumber.js";
import { Answer } from "../shell/Answer.js";
import { Panel } from "../shell/Panel.js";
import { Scroll } from "../shell/Scroll.js";

/** Files to download; nothing is shown while there are none. */
export function ArtifactsPanel({ run }: { readonly run: RunView }) {
  const query = useQuery(runArtifactsQuery(run.id));
  if (query.data?.items.length === 0) return null;
  return (
    <Panel title="Artifacts" flush>
      <Answer query={query} height={60}>
        {({ items }) => (
          <Scroll label="files">
            <table className="data">
              <tbody>
                {items.map((artifact) => (
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
