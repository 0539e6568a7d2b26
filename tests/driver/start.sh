#!/bin/sh
# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Finds a Python that can run the driver, and runs it: sh tests/driver/start.sh COMMAND

cd "$(dirname "$0")/../.." || exit 1
for name in python3.14 python3.13 python3.12 python3.11 python3.10 python3 python; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 10))' > /dev/null 2>&1; then
        exec "$name" -B tests/driver "$@"
    fi
done
echo "No Python 3.10 or newer was found on PATH: install one (Debian: apt install python3 python3-venv) and try again." >&2
exit 1
