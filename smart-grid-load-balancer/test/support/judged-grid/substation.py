# A right substation of the contract in Python, with its standard library alone: `python3 substation.py`.
import json
import os
import random
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SUBSTATION_ID = os.environ.get("SUBSTATION_ID", "substation")
CAPACITY = float(os.environ.get("MAX_CAPACITY", "100"))
SECONDS = float(os.environ.get("CHARGE_PROCESSING_TIME", "10"))
FACTORS = {"low": 1.3, "normal": 1, "high": 0.7}

lock = threading.Lock()
sessions = {}
answers = {}


def load():
    return sum(session["charge_amount"] for session in sessions.values())


def charge(request):
    request_id = request.get("request_id")
    with lock:
        if request_id in answers:
            return 200, answers[request_id]
        amount = request["charge_amount"]
        if load() + amount > CAPACITY:
            return 503, {
                "error": "Insufficient capacity",
                "current_load": load(),
                "max_capacity": CAPACITY,
                "available_capacity": CAPACITY - load(),
            }
        priority = request.get("priority", "normal")
        duration = SECONDS * FACTORS[priority] * random.uniform(0.8, 1.2)
        if priority == "high":
            duration = max(5, duration)
        session_id = f"{SUBSTATION_ID}-{uuid.uuid4()}"
        sessions[session_id] = {
            "vehicle_id": request["vehicle_id"],
            "charge_amount": amount,
            "priority": priority,
            "ends_at": time.time() + duration,
        }
        answer = {
            "status": "accepted",
            "session_id": session_id,
            "substation_id": SUBSTATION_ID,
            "vehicle_id": request["vehicle_id"],
            "charge_amount": amount,
            "estimated_duration": duration,
            "start_time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "current_load": load(),
            "max_capacity": CAPACITY,
        }
        if request_id is not None:
            answers[request_id] = answer
    timer = threading.Timer(duration, end, [session_id])
    timer.daemon = True
    timer.start()
    return 200, answer


def end(session_id):
    with lock:
        sessions.pop(session_id, None)


def problem_of(request):
    if not isinstance(request, dict):
        return "the body must be an object"
    vehicle, amount = request.get("vehicle_id"), request.get("charge_amount")
    if not isinstance(vehicle, str) or vehicle == "":
        return "vehicle_id is required"
    # JSON in Python knows NaN and Infinity, which compare as neither.
    if type(amount) not in (int, float) or not 0 < amount < float("inf"):
        return "charge_amount must be positive"
    if request.get("priority", "normal") not in FACTORS:
        return "priority must be low, normal or high"
    return None


def status():
    with lock:
        return {
            "substation_id": SUBSTATION_ID,
            "current_load": load(),
            "max_capacity": CAPACITY,
            "utilization_percent": 100 * load() / CAPACITY,
            "active_sessions": len(sessions),
            "available_capacity": CAPACITY - load(),
            "sessions": {
                session_id: {
                    "vehicle_id": session["vehicle_id"],
                    "charge_amount": session["charge_amount"],
                    "priority": session["priority"],
                    "remaining_time": session["ends_at"] - time.time(),
                }
                for session_id, session in sessions.items()
            },
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }


def metrics():
    shown = status()
    names = {
        "substation_current_load": "current_load",
        "substation_max_capacity": "max_capacity",
        "substation_active_sessions": "active_sessions",
        "substation_utilization_percent": "utilization_percent",
    }
    return "".join(f"# TYPE {name} gauge\n{name} {shown[field]}\n" for name, field in names.items())


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path.startswith("/metrics"):
            self.respond(200, metrics(), "text/plain; version=0.0.4")
        elif self.path == "/status":
            self.respond(200, status())
        elif self.path == "/health":
            self.respond(200, {"status": "healthy"})
        else:
            self.respond(404, {"error": "not found"})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        try:
            request = json.loads(body)
        except ValueError:
            return self.respond(400, {"error": "the body must be JSON"})
        if self.path != "/charge":
            return self.respond(404, {"error": "not found"})
        problem = problem_of(request)
        if problem is not None:
            return self.respond(400, {"error": problem})
        return self.respond(*charge(request))

    def respond(self, code, body, content_type="application/json"):
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(code)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    # Forty vehicles come at once; the default of 5 makes the kernel drop some of their connections.
    request_queue_size = 128


Server(("127.0.0.1", int(os.environ.get("PORT", "8001"))), Handler).serve_forever()
