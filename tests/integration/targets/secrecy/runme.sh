#!/usr/bin/env bash
# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Runs play.yml with everything shown that Ansible can show, and looks for secrets in the output and in the log.

set -eu

export ANSIBLE_INJECT_INVOCATION=1 ANSIBLE_DIFF_ALWAYS=1 ANSIBLE_LOG_PATH="$OUTPUT_DIR/log"
export SECRECY_NAMES="FIRST SECOND THIRD MISTYPED WRONG_FORM WEBHOOK"
for name in $SECRECY_NAMES; do
    export "SECRECY_$name=$(python -c 'import secrets; print(secrets.token_hex(16))')"
done
export SECRECY_CREDENTIALS="$OUTPUT_DIR/credentials"
trap 'rm -f "$SECRECY_CREDENTIALS"' EXIT

ansible-playbook -i ../../inventory -vvv play.yml > "$OUTPUT_DIR/output" 2>&1 || {
    cat "$OUTPUT_DIR/output"
    exit 1
}
found=0
for name in $SECRECY_NAMES; do
    variable="SECRECY_$name"
    if grep -F -- "${!variable}" "$OUTPUT_DIR/output" "$OUTPUT_DIR/log"; then
        echo "the secret $name shows"
        found=1
    fi
done
if grep -F -f "$SECRECY_CREDENTIALS" "$OUTPUT_DIR/output" "$OUTPUT_DIR/log"; then
    echo "a credential shows"
    found=1
fi
# That there was something to see: arguments, results and differences.
for text in '"module_args"' '"invocation"' 'VALUE_SPECIFIED\|\*\*\*\*' '+++ after'; do
    grep -q -- "$text" "$OUTPUT_DIR/output" || {
        echo "the output has no $text"
        found=1
    }
done
exit "$found"
