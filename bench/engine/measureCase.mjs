import { startPeer } from "../peer.mjs";
import { median } from "../statistics.mjs";
import { PEERS } from "./peers.mjs";

/**
 * Trains one case on all its peers, epoch by epoch in turn, after one epoch of each that warms up.
 * Ratios are medians over the rounds of the ratio within one round: what slows a whole round cancels.
 */
export async function measureCase({ peers: ids, rounds, ...setup }, say) {
  const peers = [];
  const missing = [];
  try {
    for (const id of ids) {
      const { label, command, setup: own } = PEERS[id];
      const peer = await startPeer(label, command(), { ...setup, ...own });
      if (peer.skipped === undefined) peers.push({ id, label, peer, epochs: [] });
      else missing.push({ id, label, reason: peer.skipped });
    }
    for (const { label, reason } of missing) say(`  ${label}: left out (${reason})`);
    for (let round = 0; round <= rounds; round++)
      for (const { label, peer, epochs } of peers) {
        const epoch = await peer.epoch();
        if (round > 0) epochs.push(epoch);
        const rate = Math.round(setup.rows / epoch.seconds);
        const when = round === 0 ? "warm-up" : `round ${round}`;
        say(
          `  ${when}  ${label.padEnd(28)}${String(rate).padStart(8)} samples/s  loss ${epoch.loss.toFixed(4)}`,
        );
      }
  } finally {
    for (const { peer } of peers) peer.stop();
  }
  const own = peers.find(({ id }) => id === "onnx");
  const figures = (epochs, key) => ({
    samplesPerSecond: Math.round(setup.rows / median(epochs.map((epoch) => epoch[key]))),
    onnxIsFasterBy:
      own && median(epochs.map((epoch, round) => epoch[key] / own.epochs[round][key])),
  });
  return {
    ...setup,
    flopsPerRow: own?.peer.about.flopsPerRow,
    missing,
    peers: peers.map(({ id, label, peer, epochs }) => ({
      id,
      label,
      version: peer.version,
      training: figures(epochs, "seconds"),
      wholeEpochs: figures(epochs, "epochSeconds"),
    })),
  };
}

/** What two runs in processes of their own keep, of twice the rate of one that runs alone. */
export async function measureTwoAtOnce(setup, rounds, say) {
  const { label, command } = PEERS.onnx;
  const [first, second] = await Promise.all([
    startPeer(label, command(), setup),
    startPeer(label, command(), setup),
  ]);
  const shares = [];
  try {
    for (let round = 0; round <= rounds; round++) {
      const alone = await first.epoch();
      const both = await Promise.all([first.epoch(), second.epoch()]);
      const together = both.reduce((sum, { seconds }) => sum + 1 / seconds, 0);
      const share = (together * alone.seconds) / 2;
      if (round > 0) shares.push(share);
      say(
        `  ${round === 0 ? "warm-up" : `round ${round}`}  two runs keep ${(share * 100).toFixed(1)} %`,
      );
    }
  } finally {
    first.stop();
    second.stop();
  }
  return median(shares);
}
