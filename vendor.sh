#!/usr/bin/env bash
# Fetches what static/vendor holds from the npm registry: versions here and in static/vendor/README.md go together.
set -euo pipefail
cd "$(dirname "$0")"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fetch() { (cd "$folder" && npm pack --silent "$1@$2" >/dev/null && mkdir -p "$3" && tar xzf ./*.tgz -C "$3" --strip-components=1 && rm ./*.tgz); }

# The fonts are made smaller: only the weights from 400 to 700, and of what OpenType can do only what a page does by itself.
python3 -m venv "$folder/tools"
"$folder/tools/bin/pip" install --quiet --disable-pip-version-check fonttools==4.68.0 brotli==1.2.1
features=kern,mark,mkmk,liga,ccmp,locl,rvrn,calt
fetch @fontsource-variable/literata 5.3.0 literata
mkdir -p static/vendor/literata static/vendor/markdown-toolbar-element
smaller() { # FILE WEIGHTS AS
  "$folder/tools/bin/fonttools" varLib.instancer --quiet --no-recalc-timestamp --output "$folder/$3.ttf" "$folder/literata/files/literata-$1.woff2" "wght=$2"
  "$folder/tools/bin/pyftsubset" "$folder/$3.ttf" --unicodes='*' --layout-features="$features" --name-IDs+=13,14 \
    --drop-tables+=vhea,vmtx,VVAR --no-recalc-timestamp --flavor=woff2 --output-file="static/vendor/literata/literata-$3.woff2"
}
for file in latin-wght-normal latin-ext-wght-normal latin-ext-wght-italic; do smaller "$file" 400:700 "$file"; done
# Of the italic most pages show one weight.
smaller latin-wght-italic 400 latin-400-italic
smaller latin-wght-italic 500:700 latin-wght-italic
cp "$folder/literata/LICENSE" static/vendor/literata/
fetch @github/markdown-toolbar-element 2.2.3 toolbar
cp "$folder/toolbar/dist/index.js" "$folder/toolbar/LICENSE" static/vendor/markdown-toolbar-element/
echo "static/vendor is as static/vendor/README.md says."
