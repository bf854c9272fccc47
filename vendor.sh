#!/usr/bin/env bash
# Fetches what static/vendor holds from the npm registry: versions here and in static/vendor/README.md go together.
set -euo pipefail
cd "$(dirname "$0")"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fetch() { (cd "$folder" && npm pack --silent "$1@$2" >/dev/null && mkdir -p "$3" && tar xzf ./*.tgz -C "$3" --strip-components=1 && rm ./*.tgz); }

fetch @fontsource-variable/literata 5.3.0 literata
mkdir -p static/vendor/literata static/vendor/markdown-toolbar-element
for file in latin latin-ext; do
  cp "$folder/literata/files/literata-$file-wght-"{normal,italic}.woff2 static/vendor/literata/
done
cp "$folder/literata/LICENSE" static/vendor/literata/
fetch @github/markdown-toolbar-element 2.2.3 toolbar
cp "$folder/toolbar/dist/index.js" "$folder/toolbar/LICENSE" static/vendor/markdown-toolbar-element/
echo "static/vendor is as static/vendor/README.md says."
