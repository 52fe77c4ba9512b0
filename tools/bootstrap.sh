#!/bin/sh
# Find a Python that is new enough and let tools/bootstrap.py do the rest. Needs nothing but a POSIX shell.
set -eu
for python in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        exec "$python" tools/bootstrap.py "$@"
    fi
done
echo "banjie: needs Python 3.11 or newer; install it (Debian, Ubuntu: apt install python3 python3-venv) or name it: make run PYTHON=/path/to/python3" >&2
exit 1
