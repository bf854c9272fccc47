#!/bin/sh
# Installs Nightlight into this checkout. What the Makefile, the Dockerfile and docs/install.md say is done here, and a test runs it.
#
#   deploy/install.sh             all that a site needs: .venv, the locked packages, byte code, static files
#   BOOK=1 deploy/install.sh      with WeasyPrint, which typesets the book; run `deploy/install.sh system` first
#   deploy/install.sh system      the system's own packages, as root, on Debian and Ubuntu
#   deploy/install.sh venv | packages LOCK | compiled | static        one step of it
set -eu
cd "$(dirname "$0")/.."

VENV=.venv
PY=$VENV/bin/python
APPS="accounts common config counselor journal operations prompts"
LOCK=requirements/base.txt
[ -z "${BOOK:-}" ] || LOCK=requirements/book.txt

# Pango, which WeasyPrint draws with; pg_dump for backups of PostgreSQL; Python's venv module where the Python here lacks it.
system() {
  set -- ca-certificates libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 postgresql-client
  supported python3 && python3 -c 'import ensurepip' 2>/dev/null || set -- "$@" python3-venv
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

supported() { "$1" -c 'import sys; sys.exit(not (3, 12) <= sys.version_info[:2])' 2>/dev/null; }

# The first Python from 3.12 on: uv's choice, one on the path, one of pyenv's.
venv() {
  [ ! -x $PY ] || return 0
  if command -v uv >/dev/null && uv venv --quiet --no-project --allow-existing --python '>=3.12,<3.15' $VENV; then return 0; fi
  for python in python3.13 python3.14 python3.12 \
      "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.13*/bin/python "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[24]*/bin/python python3 python; do
    if supported "$python"; then
      "$python" -m venv $VENV && return 0
      rm -rf $VENV
      echo "Nightlight needs Python's venv module: install it (Debian: apt install python3-venv)." >&2
      exit 1
    fi
  done
  echo "Nightlight needs Python 3.12, 3.13 or 3.14, and found none: install it (pyenv install 3.13, or uv python install 3.13) and run this again." >&2
  exit 1
}

# Locked with hashes. Compiled to byte code at once: else every process of the site would compile Django anew where Python may not write.
packages() {
  if command -v uv >/dev/null; then uv=uv; else
    uv=$VENV/bin/uv
    "$PY" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
  fi
  "$uv" pip install --quiet --compile-bytecode --python $PY --require-hashes -r "$1"
}

compiled() { "$PY" -m compileall -q $APPS manage.py; }

static() { NIGHTLIGHT_ENV=local "$PY" manage.py collectstatic --noinput --clear --verbosity 0; }

case "${1:-all}" in
  all)
    venv
    packages $LOCK
    compiled
    static
    echo "Installed with $($PY --version)."
    ;;
  packages) packages "$2" ;;
  system | venv | compiled | static) "$1" ;;
  *)
    sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
