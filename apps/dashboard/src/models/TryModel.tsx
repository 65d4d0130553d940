import { Alert, Button, FileButton, Group, Loader } from "@mantine/core";
import type { ModelView } from "@sweepyard/contract";
import { IconAlertTriangle, IconEqual } from "@tabler/icons-react";
import { type DragEvent, useRef, useState } from "react";
import { formatMetric } from "../format/formatNumber.js";
import { formatDuration } from "../format/formatTime.js";
import { Panel } from "../shell/Panel.js";
import { comparePredictions } from "./comparePredictions.js";
import { DrawingPad, type DrawingPadHandle } from "./DrawingPad.js";
import { ModelInput } from "./ModelInput.js";
import styles from "./ModelsPage.module.css";
import { Outputs } from "./Outputs.js";
import { TargetSelect } from "./TargetSelect.js";
import { useTarget } from "./useTarget.js";
import { type Answered, useTryModel } from "./useTryModel.js";

/** Draw an image or drop one, and see what the model takes it for: on the server and in this browser. */
export function TryModel({ model }: { readonly model: ModelView }) {
  const { target, choices, setTarget } = useTarget(model);
  const pad = useRef<DrawingPadHandle>(null);
  const [isOver, setIsOver] = useState(false);
  const [unreadable, setUnreadable] = useState<string | null>(null);
  const tried = useTryModel(`${model.name}${target}`);
  const ask = (image: Blob) => {
    setUnreadable(null);
    tried.ask(image);
  };
  const take = async (file: File | null | undefined) => {
    if (file === null || file === undefined) return;
    if ((await pad.current?.show(file)) !== false) return ask(file);
    tried.reset();
    setUnreadable(file.name);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    void take(event.dataTransfer.files[0]);
  };
  return (
    <Panel
      title="Try it"
      actions={
        <TargetSelect
          model={model.name}
          choices={choices}
          target={target}
          onChange={(chosen) => {
            setTarget(chosen);
            tried.reset();
          }}
        />
      }
    >
      <div className={styles.try}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the button below chooses a file without a pointer */}
        <div
          onDragOver={(event) => {
            event.preventDefault();
            setIsOver(true);
          }}
          onDragLeave={() => setIsOver(false)}
          onDrop={drop}
        >
          <DrawingPad ref={pad} isOver={isOver} onDrawn={ask} />
          <Group gap={6} mt={6}>
            <FileButton onChange={take} accept="image/png,image/jpeg,image/webp">
              {(rest) => (
                <Button {...rest} size="compact-xs" variant="default">
                  Choose an image
                </Button>
              )}
            </FileButton>
            <Button
              size="compact-xs"
              variant="subtle"
              onClick={() => {
                pad.current?.clear();
                tried.reset();
                setUnreadable(null);
              }}
            >
              Clear
            </Button>
          </Group>
        </div>
        <div className={styles.answers} aria-live="polite">
          {unreadable === null ? null : (
            <Alert color="red">{unreadable} can't be read as a PNG, JPEG or WebP.</Alert>
          )}
          {tried.server.error === null ? null : (
            <Alert color="red">{tried.server.error.message}</Alert>
          )}
          {tried.server.data === undefined ? (
            <p className="dimmed" style={{ margin: 0 }}>
              Draw in the black square, or drop a PNG, JPEG or WebP on it. The server makes it grey
              and fits it to the model's input; then server and browser each run the model on it.
            </p>
          ) : (
            <Answers server={tried.server.data} browser={tried.browser} />
          )}
        </div>
      </div>
    </Panel>
  );
}

type Tried = ReturnType<typeof useTryModel>;

function Answers(props: {
  readonly server: NonNullable<Tried["server"]["data"]>;
  readonly browser: Tried["browser"];
}) {
  const { server, browser } = props;
  const { pixels, model, version, task } = server.answer;
  return (
    <>
      {pixels === undefined ? null : <ModelInput pixels={pixels} />}
      <h3 className={styles.side}>
        Server <span className="dimmed">answered in {formatDuration(server.ms)}</span>
      </h3>
      <Outputs task={task} outputs={server.predictions} />
      <h3 className={styles.side}>
        This browser{" "}
        {browser.data === undefined ? null : (
          <span className="dimmed">took {formatDuration(browser.data.ms)}</span>
        )}
      </h3>
      {browser.isPending ? (
        <p className="dimmed">
          <Loader size={12} /> loading the model, and once the runtime for it…
        </p>
      ) : null}
      {browser.error === null ? null : (
        <Alert color="red">This browser can't run it: {browser.error.message}</Alert>
      )}
      {browser.data === undefined ? null : (
        <>
          <Outputs task={task} outputs={browser.data.predictions} />
          <Verdict server={server} browser={browser.data} />
        </>
      )}
      <span className="dimmed">
        {model}, version {version}
      </span>
    </>
  );
}

function Verdict({ server, browser }: { readonly server: Answered; readonly browser: Answered }) {
  const found = comparePredictions(server.predictions, browser.predictions);
  const difference = `the largest difference is ${formatMetric(found.largestDifference)}`;
  return found.agree ? (
    <p className={styles.agree}>
      <IconEqual size={15} aria-hidden /> They agree: {difference}.
    </p>
  ) : (
    <p className={styles.differ}>
      <IconAlertTriangle size={15} aria-hidden /> They differ:{" "}
      {found.isSameClass ? "" : "another class, and "}
      {difference}.
    </p>
  );
}
