#!/usr/bin/env bash
# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Runs the demo by its name, and looks at its output as somebody does who sees it for the first time.

set -eu

output="$OUTPUT_DIR/output"
export ANSIBLE_DEPRECATION_WARNINGS=1
ansible-playbook -i localhost, atlasops.integrations.demo > "$output" 2>&1 || {
    cat "$output"
    exit 1
}
complain() {
    cat "$output"
    echo "$1"
    exit 1
}
grep -qiE 'warning|deprecat|error' "$output" && complain "The demo shows a warning or an error."
[ "$(wc -l < "$output")" -lt 260 ] || complain "The demo prints a wall of text."
# The requests that the results add up to are those that the emulator counted.
ours=$(grep -oE 'All .*\| +[0-9]+ \|' "$output" | grep -oE '[0-9]+ \|$')
theirs=$(grep -oE 'As the emulator counted.*\| +[0-9]+ \|' "$output" | grep -oE '[0-9]+ \|$')
[ -n "$ours" ] && [ "$ours" = "$theirs" ] || complain "The results say $ours requests, the emulator $theirs."
