#!/bin/sh
# Installs the npm packages of tests/products into FOLDER, by the lock file, once.
#
# install.sh FOLDER. Exit 77: skipped, since something is not there, and the only line says what.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/npm.sh"
install_from_npm "$1"
