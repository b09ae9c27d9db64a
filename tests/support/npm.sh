# Sourced by the scripts below tests/ that need packages from npm, for `here`, the folder with the
# package-lock.json. Exit 77: skipped, since something is not there, and the only line says what.
skip() {
  echo "SKIPPED: $*"
  exit 77
}

# Sets `browser`.
find_chromium() {
  browser=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || true)}
  [ -n "$browser" ] || skip "Chromium was not found (apt-get install chromium)"
}

# install_from_npm FOLDER: by the lock file, once, however many ask at the same time.
install_from_npm() {
  command -v node >/dev/null || skip "node was not found (apt-get install nodejs)"
  command -v npm >/dev/null || skip "npm was not found (apt-get install npm)"
  mkdir -p "$1"
  wanted=$(sha256sum <"$here/package-lock.json")
  (
    flock 9
    if [ "$(cat "$1/installed.txt" 2>/dev/null)" != "$wanted" ]; then
      cp "$here/package.json" "$here/package-lock.json" "$1/"
      (cd "$1" &&
        npm ci --ignore-scripts --no-audit --no-fund --prefer-offline >npm.log 2>&1) || exit 1
      echo "$wanted" >"$1/installed.txt"
    fi
  ) 9>"$1/lock" || skip "npm ci in $1 failed, see npm.log there (no network?)"
  export NODE_PATH="$1/node_modules"
}
