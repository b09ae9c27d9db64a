#!/bin/sh
# The browser test of the HTML pages: plays small scenarios, renders them, looks at them in Chromium;
# lays two over each other (two_runs_page.js), replays one (replay_page.js), and watches a run
# (live_page.js). What all ask is in looking.js.
#
# run.sh SQUALL FOLDER: the binary, and a folder of the build for node_modules and what is rendered.
# Exit 77: skipped, since node, npm, Chromium or playwright-core are not there. The checks are in
# report_page.js.
set -eu

squall=$1
folder=$2
here=$(cd "$(dirname "$0")" && pwd)

. "$here/../support/npm.sh"

find_chromium
install_from_npm "$folder"

# look NAME SCENARIO FLAG...: plays it, renders the page, checks it. Exit 1 of squall says that an
# expectation of the full-size scenario failed, which does not matter here.
look() {
  pages="$folder/$1"
  shift
  echo "=== $*"
  mkdir -p "$pages"
  rm -f "$pages/report.html" "$pages/report.json"
  "$squall" run "$@" --seed 1 --no-save --progress none --report "$pages/report.html" \
    --report "$pages/report.json" >/dev/null 2>"$pages/run.log" ||
    [ $? -eq 1 ] || { cat "$pages/run.log"; return 1; }
  node "$here/report_page.js" "$browser" "$pages"
}

# The replay of a stored run, and its result.
replay() {
  echo "=== the replay"
  pages="$folder/replay"
  mkdir -p "$pages"
  rm -rf "$pages/runs"
  "$squall" run rolling-deploy-storm --strategy broadcast --reps 1 --seed 1 --out "$pages/runs" \
    --progress none --report "$pages/report.json" --set /params/desktop=300 \
    --set /params/mobile=200 --set /params/rooms=60 --set '/params/chat="10/s"' \
    --set '/params/dm="40/s"' >/dev/null 2>"$pages/run.log" ||
    [ $? -eq 1 ] || { cat "$pages/run.log"; return 1; }
  "$squall" explain latest --out "$pages/runs" --replay "$pages/replay.html" >/dev/null
  node "$here/replay_page.js" "$browser" "$pages"
}

# Two runs of one scenario on one page, of which one has other strategies and fewer nodes.
two_runs() {
  echo "=== two runs"
  pages="$folder/two_runs"
  mkdir -p "$pages"
  rm -rf "$pages/runs"
  for nodes in 12 6; do
    "$squall" run crash-process --strategy "broadcast,routed$([ $nodes = 12 ] || echo ,multi_active)" \
      --reps 2 --out "$pages/runs" --progress none --set /params/users=200 --set /params/rooms=20 \
      --set /params/nodes=$nodes --set '/params/dm="40/s"' --set '/params/chat="8/s"' \
      --set '/params/measure="100s"' >/dev/null 2>"$pages/run.log" ||
      [ $? -eq 1 ] || { cat "$pages/run.log"; return 1; }
  done
  "$squall" report "$pages"/runs/crash-process/* -o "$pages/two_runs.html" 2>"$pages/run.log" ||
    { cat "$pages/run.log"; return 1; }
  node "$here/two_runs_page.js" "$browser" "$pages"
}

# The live view: a run that would take minutes on sockets is watched, and stopped from the page.
watch_and_stop() {
  echo "=== the live view"
  rm -f "$folder/watch.fifo"
  mkfifo "$folder/watch.fifo"
  "$squall" run crash-process --engine live --strategy sticky_hash --reps 1 --no-save --watch \
    --progress none --set /params/users=200 --set /params/rooms=20 --set '/params/dm="40/s"' \
    --set '/params/chat="8/s"' --set '/params/measure="600s"' >/dev/null 2>"$folder/watch.fifo" &
  run=$!
  exec 3<"$folder/watch.fifo"
  address=
  while [ -z "$address" ] && read -r word rest <&3; do
    [ "$word" = watch ] && address=$rest
  done
  seen=0
  node "$here/live_page.js" "$browser" "$address" || { seen=1 && kill "$run" 2>/dev/null; } || true
  wait "$run" || echo "the run ended with exit code $?"
  cat <&3 >"$folder/watch.log"
  exec 3<&-
  [ "$seen" -eq 0 ] && grep -q 'stopped from the page' "$folder/watch.log" ||
    { cat "$folder/watch.log"; return 1; }
}

failed=0
# A fault, losses of every size, three seeds; then the smallest picture: no fault, most lose nothing.
look crash crash-process --reps 3 --set /params/users=400 --set /params/rooms=40 \
  --set /params/dm='"40/s"' --set /params/chat='"8/s"' --set /params/measure='"100s"' || failed=1
look hello two-node-hello --reps 1 || failed=1
# The largest page: 100 nodes, 420 seconds. What is in a page does not grow with the users.
look deploy million-deploy --reps 1 --set /params/desktop=3000 --set /params/mobile=2000 \
  --set /params/rooms=250 --set /params/chat='"5/s"' --set /params/dm='"50/s"' || failed=1
two_runs || failed=1
replay || failed=1
watch_and_stop || failed=1
exit "$failed"
