/** Rows of one call: more gain little, and hold up whoever comes next. */
const MAX_ROWS = 64;

type Predict = (inputs: Float32Array) => Promise<Float32Array>;

interface Waiting {
  readonly inputs: Float32Array;
  resolve(outputs: Float32Array): void;
  reject(error: unknown): void;
}

/**
 * Runs requests that arrive while the model is busy in one call, as soon as it is free: nobody
 * waits for a batch to fill, and a lone request runs at once.
 * @param predict [rows, ...] to [rows, ...]; what each row gives must not depend on the others.
 * @param rowSize numbers of one row.
 * @returns the same function, whose calls may share one of `predict`.
 */
export function microBatched(predict: Predict, rowSize: number): Predict {
  const waiting: Waiting[] = [];
  let isBusy = false;

  const runAll = async () => {
    isBusy = true;
    while (waiting.length > 0) await runBatch(predict, takeBatch(waiting, rowSize));
    isBusy = false;
  };

  return (inputs) =>
    new Promise((resolve, reject) => {
      waiting.push({ inputs, resolve, reject });
      // What else the sockets hold joins in before the first call.
      if (!isBusy) {
        isBusy = true;
        setImmediate(runAll);
      }
    });
}

/** The longest waiting ones that fit together; one that is larger runs alone. */
function takeBatch(waiting: Waiting[], rowSize: number): Waiting[] {
  let rows = 0;
  let count = 0;
  for (const { inputs } of waiting) {
    rows += inputs.length / rowSize;
    if (count > 0 && rows > MAX_ROWS) break;
    count += 1;
  }
  return waiting.splice(0, count);
}

async function runBatch(predict: Predict, batch: readonly Waiting[]): Promise<void> {
  try {
    const [only] = batch;
    if (batch.length === 1 && only !== undefined) {
      only.resolve(await predict(only.inputs));
      return;
    }
    const length = batch.reduce((sum, { inputs }) => sum + inputs.length, 0);
    const together = new Float32Array(length);
    let at = 0;
    for (const { inputs } of batch) {
      together.set(inputs, at);
      at += inputs.length;
    }
    const outputs = await predict(together);
    let from = 0;
    for (const { inputs, resolve } of batch) {
      const share = (inputs.length / length) * outputs.length;
      resolve(outputs.subarray(from, from + share));
      from += share;
    }
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}
