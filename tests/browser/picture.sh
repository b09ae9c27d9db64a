#!/bin/sh
# The picture of the README, drawn anew: the deploy of its first command, and the page of it.
#
# picture.sh SQUALL FOLDER: as run.sh. Writes report/page.webp.
set -eu
squall=$1
folder=$2
here=$(cd "$(dirname "$0")" && pwd)

. "$here/../support/npm.sh"

find_chromium
install_from_npm "$folder"

"$squall" run rolling-deploy-storm --set /params/desktop=6000 --set /params/mobile=4000 \
  --set /params/dm=500/s --reps 5 --quiet --no-save --report "$folder/picture.html" >/dev/null
node "$here/picture.js" "$browser" "$folder/picture.html" "$here/../../report/page.webp"
