#!/bin/sh
# The browser test of the HTML report: plays small scenarios, renders them, looks at them in Chromium.
#
# run.sh SQUALL FOLDER: the binary, and a folder of the build for node_modules and what is rendered.
# Exit 77: skipped, since node, npm, Chromium or playwright-core are not there. The checks are in
# report_page.js.
set -eu

squall=$1
folder=$2
here=$(cd "$(dirname "$0")" && pwd)

skip() {
  echo "SKIPPED: $*"
  exit 77
}

command -v node >/dev/null || skip "node was not found (apt-get install nodejs)"
command -v npm >/dev/null || skip "npm was not found (apt-get install npm)"
browser=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || true)}
[ -n "$browser" ] || skip "Chromium was not found (apt-get install chromium)"

mkdir -p "$folder"
wanted=$(sha256sum <"$here/package-lock.json")
if [ "$(cat "$folder/installed.txt" 2>/dev/null)" != "$wanted" ]; then
  cp "$here/package.json" "$here/package-lock.json" "$folder/"
  (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --prefer-offline >npm.log 2>&1) ||
    skip "npm ci in $folder failed, see npm.log there (no network?)"
  echo "$wanted" >"$folder/installed.txt"
fi

export NODE_PATH="$folder/node_modules"

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

failed=0
# A fault, losses of every size, three seeds; then the smallest picture: no fault, most lose nothing.
look crash crash-process --reps 3 --set /params/users=400 --set /params/rooms=40 \
  --set /params/dm='"40/s"' --set /params/chat='"8/s"' --set /params/measure='"100s"' || failed=1
look hello two-node-hello --reps 1 || failed=1
# The largest page: 100 nodes, 420 seconds. What is in a page does not grow with the users.
look deploy million-deploy --reps 1 --set /params/desktop=3000 --set /params/mobile=2000 \
  --set /params/rooms=250 --set /params/chat='"5/s"' --set /params/dm='"50/s"' || failed=1
exit "$failed"
