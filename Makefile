# Thin: `make demo` and `make test` do all their set-up; the work is in CMakePresets.json and .ci/.
#
# Nothing is compiled by make itself. `make help` lists the targets.
.DEFAULT_GOAL := help
JOBS ?= $(shell nproc)

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

demo:  ## install what is missing, build, play two scenarios and show where the results are
	.ci/demo

test: build  ## install what is missing, build, run the everyday tests
	ctest --preset release -j $$(($(JOBS) + 1))

build: setup  ## the release build: build/release/squall
	cmake --preset release
	cmake --build --preset release -j $(JOBS)

setup:  ## name and install the missing Debian packages
	.ci/setup

long: build  ## the tests that take minutes; a sample of what a night plays
	ctest --preset long -j $(JOBS)

night: build  ## the long tests whole (20 seeds, 20,000 scenarios), parity, dilated nodes, agreement
	ctest --preset night

# A live test waits more than it works: more of them than processors may run.
live: build  ## both engines side by side: 63 small storms on embedded broker and Redis, 15 large runs
	ctest --preset live -j 3

parity: build  ## the table of the small storms alone, misses first, into parity-table*.txt
	build/release/parity_table_test

asan: setup  ## the everyday tests under AddressSanitizer and UndefinedBehaviorSanitizer
	cmake --preset asan
	cmake --build --preset asan -j $(JOBS)
	ctest --preset asan -j $(JOBS)

tsan: setup  ## the everyday tests that have threads, under ThreadSanitizer
	cmake --preset tsan
	cmake --build --preset tsan -j $(JOBS)
	ctest --preset tsan -j $(JOBS)

FUZZ_SECONDS ?= 60
fuzz:  ## broken scenario files, frames, requests, replies, envelopes; FUZZ_SECONDS for each
	.ci/setup --all
	cmake --preset fuzz
	cmake --build --preset fuzz -j $(JOBS)
	.ci/fuzz $(FUZZ_SECONDS)

determinism:  ## equal bytes from g++ and clang++, -O0 and -O3, any workers, threads and MPI ranks
	.ci/setup --all
	.ci/determinism

fresh:  ## `make demo` and `make test` in a clean root of the Debian release that this machine is not
	.ci/fresh $(RELEASE)

package:  ## the .deb of this release (or RELEASE), installed in a clean root of it and tried
	.ci/package $(RELEASE)

bench: setup  ## run every benchmark, minutes; the runs are kept in build/bench/*.json
	cmake --preset release
	.ci/bench --measure

bench-check: setup  ## two minutes of benchmarks: counts and ratios against bench/baseline.json
	cmake --preset release
	.ci/bench || .ci/bench  # a ratio may fail in a noisy moment; a count that differs fails twice

picture: build  ## draw the picture of the README anew: report/page.webp
	tests/browser/picture.sh build/release/squall $(CURDIR)/build/release/npm/browser

format:  ## clang-format over every source file
	.ci/setup --all
	find strategies scenarios sim report bench tests -name '*.hpp' -o -name '*.cpp' \
	  | xargs clang-format -i

clean:  ## remove the builds; stored results stay
	rm -rf build

.PHONY: help demo test build setup long night live parity asan tsan fuzz determinism fresh package bench \
  bench-check picture format clean
