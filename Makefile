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

# It builds nothing: root has no need of Go, nor anybody of files that root made.
install:
	@test -x isthmus || { echo 'there is no program yet: run make build first'; exit 1; }
	install -Dm755 isthmus $(DESTDIR)$(PREFIX)/bin/isthmus
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system $(DESTDIR)$(PREFIX)/share/man/man1
	sed 's|^ExecStart=/usr/local/|ExecStart=$(PREFIX)/|' cmd/isthmus/isthmus.service >$(DESTDIR)$(PREFIX)/lib/systemd/system/isthmus.service
	chmod 644 $(DESTDIR)$(PREFIX)/lib/systemd/system/isthmus.service
	scdoc <cmd/isthmus/isthmus.1.scd >$(DESTDIR)$(PREFIX)/share/man/man1/isthmus.1 || \
		{ rm -f $(DESTDIR)$(PREFIX)/share/man/man1/isthmus.1; echo "no man page: it needs scdoc"; }

clean:
	rm -f isthmus

.PHONY: build test lint e2e bench fuzz install clean
