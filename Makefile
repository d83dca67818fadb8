# Every target sets up what it needs by itself and may be called again at any time.
PYTHON ?= python3
ARGS ?=
BOOTSTRAP = $(PYTHON) -I smartregion/bootstrap.py

.PHONY: help run assets test lint bench drill crowd screenshots messages lighthouse manage lock python

help:
	@echo "make run      Portal auf http://127.0.0.1:8000 starten (PORT=… wählt den Port, Strg+C beendet)"
	@echo "make test     alle Prüfungen (ARGS=\"tests/measures -k Titel\" wählt aus)"
	@echo "make lint     Stil, Typen, Schichten, Vorlagen, Migrationen"
	@echo "make bench    Messungen gegen ihre Ziele"
	@echo "make drill    Prozesse töten, wiederherstellen, umsteigen und zählen, was bleibt (SHORT=1 kurz, ONLY=upgrade allein)"
	@echo "make crowd    200 angemeldete Personen lesen und schreiben, während Berichte entstehen (PEOPLE=…, MINUTES=…)"
	@echo "make screenshots  Bilder der README neu aufnehmen (docs/images)"
	@echo "make lighthouse   öffentliche Seiten mit Lighthouse bewerten (lädt es aus npm, braucht Node ab 22)"
	@echo "make messages Übersetzungen auf den Stand der Texte bringen (docs/translating.md)"
	@echo "make assets   Umgebung und Oberfläche für den Betrieb bereitstellen, ohne etwas zu starten"
	@echo "make manage   Verwaltungsbefehl, etwa ARGS=\"setup_region DATEI\""
	@echo "make lock     Abhängigkeiten neu festschreiben"

run assets lint screenshots messages: python
	@$(BOOTSTRAP) $@

manage test bench lighthouse: python
	@$(BOOTSTRAP) $@ $(ARGS)

drill: python
	@$(BOOTSTRAP) $@ $(if $(SHORT),--short) $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only $(ONLY)) $(if $(FAULT),--fault "$(FAULT)")

crowd: python
	@$(BOOTSTRAP) $@ $(if $(PEOPLE),--people $(PEOPLE)) $(if $(MINUTES),--minutes $(MINUTES)) $(if $(THINK),--think $(THINK)) $(if $(PAUSE),--pause $(PAUSE))

python:
	@command -v $(PYTHON) >/dev/null || { echo "Fehler: $(PYTHON) fehlt. Bitte installieren Sie Python 3.11 oder neuer (Debian und Ubuntu: sudo apt-get install python3 python3-venv)." >&2; exit 1; }

lock:
	@command -v uv >/dev/null || { echo "Fehler: uv fehlt. Installieren Sie es mit: pipx install uv" >&2; exit 1; }
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --extra demo pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --extra demo --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	npm install --package-lock-only --ignore-scripts --no-audit --no-fund
