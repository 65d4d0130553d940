import { type Classifier, createClassifier } from "@sweepyard/client/browser";
import * as ort from "onnxruntime-web/wasm";

/**
 * The form's script: names the category of a chosen photo by the model beside the page. The photo
 * leaves the machine only when the form is sent; the seller has the last word on the category.
 */

/** `public/model.json`, beside `public/model.onnx`: see the README. */
interface ModelFacts {
  readonly classNames: string[];
  readonly inputShape: number[];
}

/** Below it the page asks the seller to look twice. */
const SURE = 0.8;

ort.env.wasm.numThreads = 1; // more would need a page that is isolated from other origins

const find = <E extends Element>(id: string): E => {
  const element = document.querySelector<E>(`#${id}`);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element;
};
const photo = find<HTMLInputElement>("photo");
const preview = find<HTMLImageElement>("preview");
const status = find<HTMLElement>("status");
const category = find<HTMLSelectElement>("category");
const candidates = find<HTMLUListElement>("candidates");

const loading = load();
loading.catch((error: unknown) => say(`The model can't be loaded: ${String(error)}`));
photo.addEventListener("change", () => void suggest());

async function load(): Promise<Classifier> {
  const facts = (await (await get("model.json")).json()) as ModelFacts;
  const model = new Uint8Array(await (await get("model.onnx")).arrayBuffer());
  category.replaceChildren(...facts.classNames.map((name) => new Option(name)));
  category.selectedIndex = -1;
  return createClassifier({ ort, model, ...facts });
}

async function get(file: string): Promise<Response> {
  const answer = await fetch(file);
  if (!answer.ok) throw new Error(`${file} is not there (${answer.status}): see the README`);
  return answer;
}

async function suggest(): Promise<void> {
  const [file] = photo.files ?? [];
  if (file === undefined) return;
  URL.revokeObjectURL(preview.src);
  preview.src = URL.createObjectURL(file);
  preview.alt = file.name;
  preview.hidden = false;
  candidates.replaceChildren();
  say("Looking at the photo…");
  try {
    const predictions = await (await loading).classify(file, 3);
    if (photo.files?.[0] !== file) return; // another was chosen meanwhile
    const [best] = predictions;
    category.value = best?.name ?? "";
    candidates.replaceChildren(
      ...predictions.map(({ name, probability }) => {
        const line = document.createElement("li");
        line.dataset.probability = String(probability);
        line.textContent = `${name} ${Math.round(probability * 100)} %`;
        return line;
      }),
    );
    const isSure = (best?.probability ?? 0) >= SURE;
    say(isSure ? `This looks like: ${best?.name}.` : "Not sure: please check the category.");
  } catch (error) {
    category.selectedIndex = -1;
    say(error instanceof Error ? `No suggestion: ${error.message}.` : "No suggestion.");
  }
}

function say(text: string): void {
  status.textContent = text;
}
