#!/usr/bin/env bash
# Compares the build with recorded results of the original: bash test/conformance.sh PATH/TO/check.mjs
# Suites and variants that are complete; each must agree fully.
set -euo pipefail
cd "$(dirname "$0")/.."
check=$1

node "$check" engine
node "$check" api
node "$check" validate
node "$check" boot
node "$check" render
