# To be sourced: `step COMMAND…` runs a command and ends it when the script receives a signal.
# A shell alone would end at once and leave the command running.
step() {
    "$@" &
    child=$!
    trap 'kill "$child" 2>/dev/null; wait "$child" || true; exit 130' INT
    trap 'kill "$child" 2>/dev/null; wait "$child" || true; exit 143' TERM
    wait "$child" && trap - INT TERM
}
