# make test      everything that decides whether a change is good; make lint test-only are its parts
# make fuzz      the fuzz targets, FUZZTIME each (default 2m)
# make soak      the hunt: misbehaving clients and servers under reloads, HUNT long on the event loops (default 10m) and half as long on goroutines, with the race detector
# make bench     this beside haproxy, nginx and stock Caddy, in one run, into bench/RESULTS.md; BENCH are more options
# make lab       the VIP: every case of integration/lab with all pairs of this and keepalived, into bench/RESULTS.md; LAB are more options (make lab LAB=-short)
# make pgo       cmd/caddy/default.pgo, the profile that the compiler optimises by, from the bench's load
# make build     ./caddy, as xcaddy.json describes it

GO       ?= go
FUZZTIME ?= 2m
HUNT     ?= 10m
BENCH    ?=
LAB      ?=
# The packages that are measured, not tested: the race detector would falsify them.
UNRACED  := ./bench/...
# What counts allocations and cannot under the race detector, whose sync.Pool forgets on purpose.
ALLOCS   := ./modules/regex ./modules/sample
# Packages that are tested at a time: those with network namespaces in them mostly wait.
BESIDE   := -p 4
# Those that take longest begin first.
LONGEST  := ./integration ./cmd/build ./vrrpapp/guard ./vrrpapp/netif
# Those that hold elections and fail-over to milliseconds have the machine to themselves.
TIMED    := ./vrrpapp/speaker ./integration/ha
# lint has vetted everything, and with all checks.
VETTED   := -vet=off

export CADDY_HAPROXY_REQUIRE_ORACLE = 1
# As xcaddy builds: all builds, also those inside of tests, then share one compilation of what they import.
export GOFLAGS := $(strip $(shell $(GO) env GOFLAGS) -trimpath)
NOCGO    := CGO_ENABLED=0
# Nor do tests use cmd/caddy's profile, with which everything would be compiled twice more, once for the race detector.
test lint test-only: GOFLAGS += -pgo=off

.PHONY: test tools lint test-only fuzz soak bench lab pgo build goldens

test: tools lint test-only

# What the tests need beside Go. Debian's packages are installed when that is possible.
tools:
	@scripts/test-tools

lint:
	$(NOCGO) $(GO) vet ./...
	$(NOCGO) $(GO) tool staticcheck ./...

test-only:
	$(GO) test $(VETTED) -race $(BESIDE) $(LONGEST) $$($(GO) list ./... | grep -v -e /bench -e /integration/ha -e /vrrpapp/speaker)
	$(GO) test $(VETTED) -race -p 1 $(TIMED)
	$(NOCGO) $(GO) test $(VETTED) -run Alloc $(ALLOCS)
	$(NOCGO) $(GO) test $(VETTED) $(UNRACED)

fuzz:
	@scripts/fuzz $(FUZZTIME)

soak:
	HUNT=$(HUNT) $(GO) test -race -timeout 0 -count 1 -v -run TestHunt ./integration/hunt

bench:
	$(GO) run ./bench -threads 2,1 -o bench/RESULTS.md $(BENCH)

lab: tools
	$(GO) run ./bench/vip -o bench/RESULTS.md $(LAB)

pgo:
	$(GO) run ./bench -pgo cmd/caddy/default.pgo -duration 15s $(BENCH)

build:
	$(GO) run ./cmd/build

# Write the golden files anew from what the code does now; look at the difference before you commit it.
goldens:
	$(GO) test ./haproxyadapter ./vrrpapp/keepalivedconf ./caddyfile -update
	$(GO) test ./cmd/build -run TestModules -update
	$(GO) test ./integration -short -run TestREADMETable -readme
