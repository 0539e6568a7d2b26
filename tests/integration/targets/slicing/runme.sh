#!/usr/bin/env bash
# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

set -eu

PYTHONPATH="../setup_fleet${PYTHONPATH:+:$PYTHONPATH}" python try_slicing.py
