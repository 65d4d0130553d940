/** Lines of a table for people: all cases, then the figures of the engine alone. */
export function reportLines({ machine, peakGflops, cases, twoAtOnce, start }) {
  const lines = [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB; ${machine.system}, Node ${machine.node}`,
  ];
  if (peakGflops !== undefined)
    lines.push(`matrix product of 2048 × 2048, 1 thread: ${peakGflops.toFixed(0)} GFLOP/s`);
  for (const { name, threads, flopsPerRow, peers, missing } of cases) {
    lines.push("", `${name.padEnd(54)}samples/s   onnx is faster by   whole epochs`);
    for (const { id, label, version, training, wholeEpochs } of peers) {
      const ratio = ({ onnxIsFasterBy: by }) => (id === "onnx" || !by ? "" : by.toFixed(2));
      lines.push(
        `  ${`${label} ${version}`.padEnd(52)}${String(training.samplesPerSecond).padStart(9)}` +
          `${ratio(training).padStart(20)}${ratio(wholeEpochs).padStart(15)}`,
      );
      if (id === "onnx" && flopsPerRow !== undefined && peakGflops !== undefined) {
        const gflops = (training.samplesPerSecond * flopsPerRow) / 1e9;
        const share = Math.round((gflops / peakGflops / threads) * 100);
        lines.push(
          `    ${gflops.toFixed(0)} GFLOP/s of matrix products, ${share} % of ${threads} thread(s)' peak`,
        );
      }
    }
    for (const { label, reason } of missing) lines.push(`  ${label}: missing (${reason})`);
  }
  if (twoAtOnce !== undefined)
    lines.push(
      "",
      `two runs at once keep ${(twoAtOnce * 100).toFixed(1)} % of twice one run's rate`,
    );
  if (start !== undefined)
    lines.push(
      "",
      "a run of the seed network in a fresh process, batch 64, 1 thread, ms to its first step:",
      `  first run ${start.firstRunMs.toFixed(0)}; one with another learning rate ${start.nextRunMs.toFixed(0)}; ` +
        `one whose graph is new ${start.compileMs.toFixed(0)} more, to compile it`,
      `  memory: data ${start.dataMiB.toFixed(0)} MiB, the run ${start.runMiB.toFixed(0)} MiB more at its peak`,
    );
  return lines;
}
