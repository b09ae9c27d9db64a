#!/bin/sh
# Installs the npm packages of tests/products into FOLDER, by the lock file, once.
#
# install.sh FOLDER. Exit 77: skipped, since something is not there, and the only line says what.
set -eu

folder=$1
here=$(cd "$(dirname "$0")" && pwd)

skip() {
  echo "SKIPPED: $*"
  exit 77
}

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
