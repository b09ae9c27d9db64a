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

. "$here/../support/npm.sh"

case $client in
  node)
    install_from_npm "$folder"
    exec node "$here/node_client.js" "$echo" "$node" ;;
  browser)
    find_chromium
    install_from_npm "$folder"
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
