#!/bin/sh
# Plays one foreign WebSocket client against servers of the live engine.
#
# run.sh CLIENT FOLDER ECHO NODE: node, python or browser; a folder of the build for what npm brings;
# the ports of a server that says everything again, and of a node. Exit 77: skipped, since something
# is not there, and then the only line says what. Started by tests/live/foreign_clients_test.cpp.
set -eu

client=$1
folder=$2
echo=$3
node=$4
here=$(cd "$(dirname "$0")" && pwd)

skip() {
  echo "SKIPPED: $*"
  exit 77
}

install_from_npm() {
  command -v node >/dev/null || skip "node was not found (apt-get install nodejs)"
  command -v npm >/dev/null || skip "npm was not found (apt-get install npm)"
  mkdir -p "$folder"
  wanted=$(sha256sum <"$here/package-lock.json")
  (
    flock 9
    if [ "$(cat "$folder/installed.txt" 2>/dev/null)" != "$wanted" ]; then
      cp "$here/package.json" "$here/package-lock.json" "$folder/"
      (cd "$folder" &&
        npm ci --ignore-scripts --no-audit --no-fund --prefer-offline >npm.log 2>&1) || exit 1
      echo "$wanted" >"$folder/installed.txt"
    fi
  ) 9>"$folder/lock" || skip "npm ci in $folder failed, see npm.log there (no network?)"
  export NODE_PATH="$folder/node_modules"
}

case $client in
  node)
    install_from_npm
    exec node "$here/node_client.js" "$echo" "$node" ;;
  browser)
    browser=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || true)}
    [ -n "$browser" ] || skip "Chromium was not found (apt-get install chromium)"
    install_from_npm
    exec node "$here/browser_client.js" "$browser" "$echo" "$node" ;;
  python)
    # Debian's, which is where Debian's package is; a Python of one's own may hide it.
    python=/usr/bin/python3
    [ -x "$python" ] || skip "$python was not found (apt-get install python3)"
    "$python" -c "import websockets" 2>/dev/null ||
      skip "Python's websockets was not found (apt-get install python3-websockets)"
    exec "$python" "$here/python_client.py" "$echo" "$node" ;;
  *)
    echo "run.sh: no client is called $client" >&2
    exit 2 ;;
esac
