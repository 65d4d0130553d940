#!/bin/sh
# A trainer in shell: asks a sweep for runs, reports each step, stops when it is told to.
#   sweepyard sweep submit examples/ask-tell.sweep.yaml
#   SWEEPYARD="npm run -s sweepyard --" examples/ask_tell.sh SWEEP
# Start it as often as you like, here and elsewhere: each takes runs of its own.
set -u
sweep=${1:?usage: ask_tell.sh SWEEP}
sweepyard=${SWEEPYARD:-sweepyard}
steps=${STEPS:-20}

while :; do
  assignments=$($sweepyard sweep ask "$sweep" --wait --shell --worker "$(hostname)")
  case $? in
    0) ;;
    5) exit 0 ;; # the sweep is over
    *) exit 1 ;;
  esac
  eval "$assignments" # RUN, ATTEMPT, SEED, and a PARAM_ for each param
  step=1
  while [ "$step" -le "$steps" ]; do
    # What a training program would measure: here Rosenbrock's function, from further and further in.
    value=$(awk -v x="$PARAM_x" -v y="$PARAM_y" -v step="$step" \
      'BEGIN { print (1 - x) ^ 2 + 100 * (y - x * x) ^ 2 + 10 / step }')
    $sweepyard sweep report "$RUN" --attempt "$ATTEMPT" --step "$step" "value=$value" >/dev/null
    case $? in
      0) ;;             # go on
      5) continue 2 ;;  # pruned, cancelled, or another attempt has taken over: the next run
      *) exit 1 ;;      # the server is away, or refuses: it has said why
    esac
    step=$((step + 1))
  done
  $sweepyard sweep tell "$RUN" --attempt "$ATTEMPT" >/dev/null
done
