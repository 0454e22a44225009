#!/usr/bin/env bash
# Everything that the image holds beside Python itself, into an empty folder: the Dockerfile and the tests both run this.
# usage: build.sh FOLDER [PYTHON]     PYTHON must be of the same minor version as the one that will run it
#   FOLDER/bot        the bot
#   FOLDER/packages   its dependencies, each file checked against the hashes in requirements.txt
set -euo pipefail
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=$1
python=${2:-python3}
installed=/opt/saas-bot # where it will lie: what a traceback names

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$folder/packages"

"$python" -m venv "$work/venv" # its pip stays behind
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-cache-dir --no-compile \
  --require-hashes --no-deps --only-binary=:all: --target "$folder/packages" -r "$source/image/requirements.txt"
rm -rf "$folder/packages/bin"

cp -R "$source/bot" "$folder/bot"
find "$folder/bot" -name __pycache__ -prune -exec rm -rf {} +

# The bot names its version to API servers, and asks for it the way it would ask for any package's.
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$source/pyproject.toml")
mkdir "$folder/packages/saas_bot-$version.dist-info"
printf 'Metadata-Version: 2.1\nName: saas-bot\nVersion: %s\n' "$version" \
  >"$folder/packages/saas_bot-$version.dist-info/METADATA"

# Without bytecode the first start takes 8 s instead of 2; nothing may be written later.
"$python" -m compileall -q --invalidation-mode unchecked-hash -s "$folder" -p "$installed" "$folder"
chmod -R a+rX "$folder"
