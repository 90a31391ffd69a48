"""A small host for one office: python host.py COMPONENT.wasm SETTINGS.json STATE-FOLDER WORK

WORK is initial-sync, poll, sweep or check, or `serve PORT`, which takes Tribe's deliveries at POST /tribe. The settings
are an object of names and texts, those of docs/settings.md.

One thing that a host must do cannot be done from Python: wasmtime sends the component's requests by itself and asks
nobody (wasmtime 50.0.1). Let this process reach the two systems only, by the machine's firewall or a proxy.
"""

import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

from wasmtime import Config, Engine, Store, WasiConfig
from wasmtime.component import Component, Linker, Record, ResourceHost, ResourceType, Variant

from store import Folder

CONTRACT = "advocaatcentraal:tribe-sync/{}@0.1.0"
# A slice of work, and how long a whole call may take: a slice, and one slow request after it.
SLICE = {"milliseconds": 20_000, "requests": 1_000}
DEADLINE = 120
LARGEST_DELIVERY = 1 << 20
LONGEST_PAUSE = 15 * 60
MEMORY = 64 << 20
WORKS = ("initial-sync", "poll", "sweep")


def record(**fields):
    """A record of the contract. A name's hyphens are those of the contract."""
    made = Record()
    made.__dict__.update({name.replace("_", "-"): value for name, value in fields.items()})
    return made


def plain(value):
    """What the contract gives, as JSON knows it."""
    if isinstance(value, Variant):
        return value.tag if value.payload is None else {value.tag: plain(value.payload)}
    if isinstance(value, Record):
        return {name: plain(field) for name, field in value.__dict__.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value


class Office:
    """One office. Its calls wait for each other: the store has no locks, so this must be the only process that has it."""

    def __init__(self, component, settings, state):
        config = Config()
        config.epoch_interruption = True
        self.engine = Engine(config)
        self.component = Component.from_file(self.engine, component)
        self.settings, self.folder = settings, Folder(state)
        self.turn = threading.Lock()

    def call(self, room, function, *parameters):
        """Calls a function of the contract on a fresh instance, which is thrown away."""
        with self.turn:
            # What waits in a request cannot be interrupted from here, so at the deadline the whole process ends; let
            # something start it again. All that was stored is durable.
            deadline = threading.Timer(DEADLINE, os._exit, [1])
            deadline.daemon = True
            deadline.start()
            try:
                return self._once(room, function, parameters)
            finally:
                deadline.cancel()

    def _once(self, room, function, parameters):
        store = Store(self.engine)
        store.set_epoch_deadline(1)
        store.set_limits(memory_size=MEMORY)
        # No folders, no environment, no arguments; what it writes on its standard error goes nowhere.
        store.set_wasi(WasiConfig())
        store.set_wasi_http()
        instance = self._linker().instantiate(store, self.component)
        exported = instance.get_export_index(store, CONTRACT.format(room))
        called = instance.get_func(store, instance.get_export_index(store, function, exported))
        return called(store, *parameters)

    def _linker(self):
        linker = Linker(self.engine)
        linker.add_wasip2()
        linker.add_wasi_http()
        folder, settings = self.folder, self.settings

        def open_store(_, name):
            if name != settings.get("store-bucket", ""):
                return Variant("no-such-store")
            return ResourceHost.own(0, 1)

        def method(operation):
            def called(store, bucket, *parameters):
                # A borrow must be given back before the call ends.
                bucket.drop(store)
                try:
                    return operation(*parameters)
                except OSError as error:
                    return Variant("other", f"the store failed ({error.errno})")

            return called

        with linker.root() as root:
            with root.add_instance("wasi:config/store@0.2.0-rc.1") as config:
                config.add_func("get", lambda _, key: settings.get(key))
                config.add_func("get-all", lambda _: list(settings.items()))
            with root.add_instance("wasi:keyvalue/store@0.2.0-draft") as keyvalue:
                keyvalue.add_resource("bucket", ResourceType.host(1), lambda _store, _bucket: None)
                keyvalue.add_func("open", open_store)
                keyvalue.add_func("[method]bucket.get", method(folder.get))
                keyvalue.add_func("[method]bucket.set", method(folder.set))
                keyvalue.add_func("[method]bucket.delete", method(folder.delete))
                keyvalue.add_func("[method]bucket.exists", method(folder.exists))
                listed = lambda cursor: record(keys=folder.keys() if cursor is None else [], cursor=None)
                keyvalue.add_func("[method]bucket.list-keys", method(listed))
        return linker

    def until_done(self, work):
        """Slices until all is done. Prints each."""
        while True:
            answer = plain(self.call("sync", work, record(**SLICE)))
            print(json.dumps(answer), flush=True)
            after = answer["ok"]["next"] if "ok" in answer else answer["err"]["error"]
            if after == "done":
                return
            if after == "again":
                continue
            # The system asks for patience; anything else is for a person to mend.
            asked = next(iter(after.values())) if isinstance(after, dict) else None
            until = asked.get("until") if isinstance(asked, dict) else asked
            wait = until / 1000 - time.time() if isinstance(until, int) else None
            if wait is None or wait > LONGEST_PAUSE:
                raise SystemExit(f"{work} stopped; a person must look at it")
            time.sleep(max(wait, 0))

    def deliver(self, headers, body):
        """Takes one delivery; gives the status to answer it with."""
        changes = self.call("webhook", "read", headers, body)
        # wasmtime tags a result only where its two sides could not be told apart.
        if isinstance(changes, Variant):
            return {"forged": 401, "malformed": 400}.get(changes.tag, 503)
        while changes:
            pushed = self.call("sync", "on-tribe-change", changes, record(**SLICE))
            print(json.dumps(plain(pushed)), flush=True)
            if pushed.tag != "ok":
                return 503
            changes = pushed.payload.left
        return 204


def serve(office, port):
    """Answers a delivery when its edit has arrived: there is no queue here. What fails, the next poll finds."""

    class Intake(BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers.get("content-length") or 0)
            if self.path != "/tribe":
                status = 404
            elif length > LARGEST_DELIVERY:
                status = 413
            else:
                status = office.deliver(list(self.headers.items()), self.rfile.read(length))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", port), Intake)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


def main():
    try:
        component, settings, state, work, *port = sys.argv[1:]
    except ValueError:
        raise SystemExit("usage: python host.py COMPONENT.wasm SETTINGS.json STATE-FOLDER WORK [PORT]")
    with open(settings, encoding="utf-8") as file:
        office = Office(component, json.load(file), state)
    if work == "serve":
        serve(office, int(port[0]) if port else 8080)
    elif work == "check":
        print(json.dumps(plain(office.call("setup", "check"))))
    elif work in WORKS:
        office.until_done(work)
    else:
        raise SystemExit(f"{work}: give initial-sync, poll, sweep, check or serve")


if __name__ == "__main__":
    main()
