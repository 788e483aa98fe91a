#!/usr/bin/env bash
# Compares the build with recorded results of the original: bash test/conformance.sh PATH/TO/check.mjs
# Each suite must agree fully.
set -euo pipefail
cd "$(dirname "$0")/.."
check=$1

for suite in engine api validate boot render netdog netdog-wicked; do
  node "$check" "$suite"
done
