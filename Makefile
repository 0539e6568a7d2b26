# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Needs git, make and a Python from 3.10 on; everything else is set up in .build/ in this checkout.
# The work is done by tests/driver; see CONTRIBUTING.md.

DRIVER = @sh tests/driver/start.sh

.PHONY: help demo test fast lint docs bench changelog lock clean

help:
	@echo 'make demo       the demo playbook against the emulator that it starts'
	@echo 'make test       the whole test suite; STEPS="unit-modules mypy" for some steps only'
	@echo 'make fast       what takes less than a minute'
	@echo 'make lint       everything that only reads'
	@echo 'make docs       write the generated documentation'
	@echo 'make bench      the benchmarks'
	@echo 'make changelog  put the fragments into the changelog'
	@echo 'make lock       write the locks; ARGS=--upgrade for new versions'
	@echo 'make clean      remove everything that was set up'

demo:
	$(DRIVER) demo

test:
	$(DRIVER) test $(STEPS)

fast:
	$(DRIVER) fast $(STEPS)

lint:
	$(DRIVER) lint $(STEPS)

docs:
	$(DRIVER) docs

bench:
	$(DRIVER) bench $(ARGS)

changelog:
	$(DRIVER) changelog

lock:
	$(DRIVER) lock $(ARGS)

clean:
	rm -rf .build
