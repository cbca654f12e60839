"""A right node of the contract in Python, with the standard library alone. It keeps nothing on disk."""
import json
import os
import threading
import time
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from urllib.parse import parse_qs, urlparse

PORT = int(os.environ.get("PORT", "5000"))
PEERS = [peer.split("=", 1)[-1] for peer in os.environ.get("PEERS", "").split(",") if peer]
# A process that has forgotten its writes must not use their numbers again, so each has its own name.
ME = f"{os.environ['NODE_ID']}~{uuid.uuid4().hex[:6]}"

lock = threading.Condition()
clock = {}
store = {}
buffer = {}
outboxes = [Queue() for _ in PEERS]


def is_clock(vc):
    return isinstance(vc, dict) and all(type(n) is int and n >= 0 for n in vc.values())


def is_ready(message):
    sender, vc = message["sender"], message["vc"]
    if vc[sender] != clock.get(sender, 0) + 1:
        return False
    return all(n <= clock.get(node, 0) for node, n in vc.items() if node != sender)


def apply(message):
    for node, n in message["vc"].items():
        clock[node] = max(clock.get(node, 0), n)
    rank = (sum(message["vc"].values()), message["sender"])
    if message["key"] not in store or rank > store[message["key"]][1]:
        store[message["key"]] = (message["value"], rank)
    lock.notify_all()


def receive(message):
    sender, number = message["sender"], message["vc"][message["sender"]]
    if number <= clock.get(sender, 0) or (sender, number) in buffer:
        return "duplicate"
    if not is_ready(message):
        buffer[(sender, number)] = message
        return "buffered"
    apply(message)
    found = True
    while found:
        found = False
        for sender in {sender for sender, _ in buffer}:
            following = buffer.get((sender, clock.get(sender, 0) + 1))
            while following is not None and is_ready(following):
                del buffer[(sender, following["vc"][sender])]
                apply(following)
                found = True
                following = buffer.get((sender, clock.get(sender, 0) + 1))
    return "applied"


def keep_sending(url, outbox):
    while True:
        body = json.dumps(outbox.get()).encode()
        while True:
            try:
                request = urllib.request.Request(f"{url}/replicate", body, {"content-type": "application/json"})
                urllib.request.urlopen(request, timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)


class Refused(Exception):
    def __init__(self, status, reason):
        super().__init__(reason)
        self.status = status


def require(condition, reason):
    if not condition:
        raise Refused(400, reason)


def wait_for(context):
    """Waits until this node has everything that the client has seen."""
    if context is None:
        return
    require(is_clock(context), "vc is not a clock")
    if not lock.wait_for(lambda: all(clock.get(node, 0) >= n for node, n in context.items()), 1):
        raise Refused(503, "behind")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def respond(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def handle_with(self, work):
        try:
            with lock:
                self.respond(*work())
        except Refused as refused:
            self.respond(refused.status, {"error": str(refused), "vc": clock})

    def do_GET(self):
        self.handle_with(self.get)

    def get(self):
        url = urlparse(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path == "/":
            return 200, {"node_id": ME, "status": "ok", "vector_clock": clock}
        if url.path == "/state":
            values = {key: value for key, (value, _) in store.items()}
            waiting = [{**message, "vector_clock": message["vc"]} for message in buffer.values()]
            return 200, {"node_id": ME, "store": values, "vector_clock": clock, "buffered": waiting}
        if url.path == "/get":
            require("key" in query, "key is required")
            try:
                wait_for(json.loads(query["vc"]) if "vc" in query else None)
            except ValueError:
                raise Refused(400, "vc is not JSON")
            return 200, {"key": query["key"], "value": store.get(query["key"], (None,))[0], "vc": clock}
        return 404, {"error": "not found"}

    def do_POST(self):
        text = self.rfile.read(int(self.headers.get("content-length", "0")))
        self.handle_with(lambda: self.post(text))

    def post(self, text):
        try:
            body = json.loads(text)
        except ValueError:
            raise Refused(400, "the body is not JSON")
        require(isinstance(body, dict), "the body is no object")
        require(isinstance(body.get("key"), str) and body["key"], "key is required")
        require("value" in body, "value is required")
        vc = body.get("vc")
        if self.path == "/put":
            wait_for(vc)
            message = {"sender": ME, "key": body["key"], "value": body["value"]}
            message["vc"] = {**clock, ME: clock.get(ME, 0) + 1}
            apply(message)
            for outbox in outboxes:
                outbox.put(message)
            return 200, {"status": "ok", "vc": message["vc"]}
        if self.path == "/replicate":
            sender = body.get("sender")
            require(isinstance(sender, str) and sender, "sender is required")
            require(is_clock(vc) and vc.get(sender, 0) > 0, "vc is not a clock of its sender")
            message = {name: body[name] for name in ("sender", "key", "value", "vc")}
            return 202, {"status": receive(message), "vc": clock}
        return 404, {"error": "not found"}


for url, outbox in zip(PEERS, outboxes):
    threading.Thread(target=keep_sending, args=(url, outbox), daemon=True).start()
ThreadingHTTPServer.request_queue_size = 128
ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
