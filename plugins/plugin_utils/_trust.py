# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""Which texts are templates: on ansible-core 2.19 and newer those that are marked, before all that are not wrapped."""

from __future__ import annotations

from typing import Any

try:
    from ansible.template import trust_as_template
except ImportError:
    from ansible.utils.unsafe_proxy import wrap_var

    def trusted(template: str) -> Any:
        """Return a text that is a template."""
        return template

    def untrusted(value: Any) -> Any:
        """Return a value in which no text, at any depth, is ever taken for a template."""
        if isinstance(value, dict):
            return {key: untrusted(one) for key, one in value.items()}
        if isinstance(value, list):
            return [untrusted(one) for one in value]
        # A wrapped text looks strange in the output of ansible-inventory, so only what could be a template is.
        return wrap_var(value) if isinstance(value, str) and "{" in value else value

else:

    def trusted(template: str) -> Any:
        """Return a text that is a template."""
        return trust_as_template(template)

    def untrusted(value: Any) -> Any:
        """Return a value in which no text, at any depth, is ever taken for a template."""
        return value
