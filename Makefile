# Targets: build test lint e2e bench fuzz install clean
GO      ?= go
PREFIX  ?= /usr/local
FUZZTIME ?= 60s

build:
	CGO_ENABLED=0 $(GO) build -trimpath -o isthmus ./cmd/isthmus

# Everything; as root on Debian it first installs what the tests need.
test:
	@.ci/install
	@.ci/test lint unit e2e

lint:
	@.ci/test lint

e2e:
	@.ci/install
	@.ci/test e2e

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./...

# Each fuzz target for FUZZTIME, one after the other.
fuzz:
	@grep -rl '^func Fuzz' --include='*_test.go' . | while read -r file; do \
		sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$$file" | while read -r target; do \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "./$$(dirname "$$file")" || exit 1; \
		done || exit 1; \
	done

install: build
	install -Dm755 isthmus $(DESTDIR)$(PREFIX)/bin/isthmus
	install -Dm644 cmd/isthmus/isthmus.service $(DESTDIR)$(PREFIX)/lib/systemd/system/isthmus.service
	install -d $(DESTDIR)$(PREFIX)/share/man/man1
	scdoc <cmd/isthmus/isthmus.1.scd >$(DESTDIR)$(PREFIX)/share/man/man1/isthmus.1 || \
		{ rm -f $(DESTDIR)$(PREFIX)/share/man/man1/isthmus.1; echo "no man page: it needs scdoc"; }

clean:
	rm -f isthmus

.PHONY: build test lint e2e bench fuzz install clean
